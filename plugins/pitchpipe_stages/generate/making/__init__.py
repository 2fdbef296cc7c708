"""Making conversations: generators ask teachers, one after another, and every candidate is explained."""
