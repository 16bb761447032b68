-- A light that is metered but missing from the inventory is counted as "unknown", so that no energy is lost.
SELECT
  CAST(timezone('America/Los_Angeles', reading.hour_start_at) AS DATE) AS date,
  coalesce(light.lamp_type, 'unknown') AS lamp_type,
  count(DISTINCT reading.light_id) AS lights_count,
  round(sum(reading.energy_kwh), 3) AS energy_kwh
FROM streetlight_energy AS reading
LEFT JOIN streetlights AS light ON light.light_id = reading.light_id
GROUP BY ALL
ORDER BY ALL
