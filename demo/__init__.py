"""The demonstration campaign: invented people, written cases and generated photographs."""
