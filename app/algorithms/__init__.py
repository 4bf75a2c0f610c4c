"""The arithmetic of judging on plain values: who reads which case, what the scores say, where another review pays."""
