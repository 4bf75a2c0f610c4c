"""The event of a ranking (排名): it is frozen once, when its round is closed."""

from app.services.policies import Event

FROZEN = Event("ranking.frozen", "固定排名", "Froze the round's ranking")
