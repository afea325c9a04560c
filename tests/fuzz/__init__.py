"""What anybody may send: hostile HTTP events to the door, any text to the grammar, any bytes to the verifier."""
