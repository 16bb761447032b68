"""paho's client on a connection that was looked at first: its address judged, its certificate verified."""

import socket
import ssl

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from lamppost.pull.fault import fault
from lamppost.pull.mqtt.settings import Settings, read_place

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311


class Connection(Client):
    """Connects where `reach` allows and nowhere else: no proxy of the environment, no second look at the name."""

    def __init__(self, settings: Settings, protocol: MQTTProtocolVersion) -> None:
        clean = None if protocol == V5 else False
        super().__init__(
            CallbackAPIVersion.VERSION2, settings.client_id, clean_session=clean, protocol=protocol,
            reconnect_on_failure=False, manual_ack=True,
        )  # fmt: skip
        self._settings = settings

    def _create_socket_connection(self) -> socket.socket:
        """TLS is begun here too: where paho does it, a handshake that fails leaves its socket open."""
        host, port, secure = read_place(self._settings)
        context = _open_context(self._settings) if secure else None
        line = self._settings.reach.call(
            host, port, self._connect_timeout, [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        )
        if context is None:
            return line
        try:
            return context.wrap_socket(line, server_hostname=host)
        except BaseException:
            line.close()
            raise


def _open_context(settings: Settings) -> ssl.SSLContext:
    """TLS as it should be; a private authority is trusted beside the public ones."""
    try:
        context = ssl.create_default_context()
        if settings.ca:
            context.load_verify_locations(settings.ca)
        if settings.certificate:
            context.load_cert_chain(*settings.certificate)
    except (OSError, ssl.SSLError):
        found, do = "a certificate or key that cannot be read", "correct `ca:` or `certificate:`"
        raise fault("pull", found, "a file in PEM format", do) from None
    return context
