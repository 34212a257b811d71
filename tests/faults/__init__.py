"""Processes killed at named points of real orders, in every queue; nothing may be lost or done twice."""
