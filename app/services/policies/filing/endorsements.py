"""The events of endorsements (审核盖章); the rules of the seal are in the module of the applications."""

from app.services.policies import Event

MADE = Event("endorsement.made", "存入盖章扫描件", "Kept the stamped form")
VOIDED = Event("endorsement.voided", "盖章失效", "Voided the seal")
