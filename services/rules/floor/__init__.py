"""The rules of the floor: who may speak, in which order, for how long. Pure; an auditor re-applies them."""
