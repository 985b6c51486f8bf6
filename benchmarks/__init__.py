"""What is known about each candidate: what it computes, how to build it, how well it trained."""
