"""The screens on which staff find places and keep units, villages, venues and maps in order."""
