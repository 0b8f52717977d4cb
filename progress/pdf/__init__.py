"""Paper for an evening: the register to tick, the quiz to take without a phone."""

from progress.pdf.registers import register_pdf

__all__ = ["register_pdf"]
