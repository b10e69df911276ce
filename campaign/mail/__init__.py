"""Mail: the outbox, where a message waits encrypted until a mail server has taken it."""
