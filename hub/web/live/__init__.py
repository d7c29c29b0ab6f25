"""Live maps: snapshot, websocket and server-sent events."""
