"""The public door, alone and with real sockets on loopback."""
