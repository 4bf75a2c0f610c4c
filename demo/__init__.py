"""What the demonstration campaign is played with: invented people, written cases and made photographs."""
