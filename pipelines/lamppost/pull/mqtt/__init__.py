"""Adapter `mqtt`: what a broker kept for us while we were away, acknowledged only once it lies on our disk.

Each record is `{topic, received_at, payload}`, and `event_at` with `time:`. A first pull only opens the queue: what is
sent from then on comes with the next.
"""

from lamppost.pull.mqtt.adapter import pull_mqtt

__all__ = ["pull_mqtt"]
