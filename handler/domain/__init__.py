"""The decisions of Sluice: plain functions over frozen values.

Standard library only; no clock, environment, log or network.
"""
