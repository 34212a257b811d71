"""The sandbox's register of VAT numbers. Two numbers, whose check digits are right, are not valid or not answered; others are."""

from lambdas.vat.register import UNAVAILABLE, Answer, Standing

INVALID_NUMBER, UNANSWERED_NUMBER = "DE111135552", "DE111141107"
CONSULTATION = "SANDBOX-1"  # it tells nothing of the number, as that of VIES: who may not see people sees it


class SandboxRegister:
    def ask(self, number: str, requester: str) -> Answer:
        if number == UNANSWERED_NUMBER:
            return UNAVAILABLE
        standing = Standing.INVALID if number == INVALID_NUMBER else Standing.VALID
        return Answer(standing=standing, consultation=CONSULTATION if requester else "")
