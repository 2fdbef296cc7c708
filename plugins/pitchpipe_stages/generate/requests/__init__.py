"""Questions to teachers: each recorded before it is sent, none paid twice, a budget that stops hard."""
