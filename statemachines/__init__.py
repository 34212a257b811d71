"""Order queues: one folder each, and the compiler that turns a queue into a state machine."""
