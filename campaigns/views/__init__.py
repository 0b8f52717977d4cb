"""The screens of campaigns, teams, classes and coverage."""
