"""The scripted conversation: what people do, what they must see, what the record and the simulator must hold."""
