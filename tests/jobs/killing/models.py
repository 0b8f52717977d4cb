from django.db import models


class Effect(models.Model):
    """What a job has done. Nothing forbids a second row: the tests count them."""

    number = models.IntegerField()
