"""Adapter `mqtt`: what a broker kept for us while we were away, acknowledged only once it lies on our disk.

    url              `mqtts://host:8883`; `mqtt://` only for a host under `allow:`
    topics           one or more filters: `application/+/device/+/event/up`
    client_id        the name under which the broker keeps our queue (default: `lamppost-dataset-resource`)
    auth             {basic: {user, password}}
    certificate      {cert: FILE, key: FILE}: our own, where the broker asks for one
    allow, ca        as for the other adapters
    session_expiry   how long the broker shall keep the queue while we are away (default: P7D)
    idle             for so long nothing may be waiting before the queue counts as drained (default: PT5S)
    deadline         the longest that one pull may drain (default: PT2M)
    queue            how many messages the broker keeps for a client that is away, as its operator says; 0: no limit
                     (default: 1000, which is what most brokers do unless told otherwise)
    format           json (default) | ndjson: what one message holds
    records          dotted path to the list in a message (default: the message is one record)
    frames           {device, counter, session, otherwise, tolerate}: paths to a device's id, its frame counter and what
                     changes when it joins anew; the counter where a message has none; the share that radio may lose
    time             path to the device's own time

Each record is `{topic, received_at, payload}`, and `event_at` with `time:`. A first pull only opens the queue: what is
sent from then on comes with the next.
"""

from lamppost.pull.mqtt.pull import pull_mqtt

__all__ = ["pull_mqtt"]
