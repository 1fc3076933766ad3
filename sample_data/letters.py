"""The emails of the made-up case, as saved one by one and as a whole mailbox. All of it is invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sample_data.mail import Mail
from sample_data.papers import flowers
from sample_data.story import CRIME, ORDER, day

ROBIN_MAIL: Final = "Robin Vale <robin.vale@example.org>"
SAM_MAIL: Final = "Sam Marsh <sam.marsh@example.com>"
SAM_MAIL_2: Final = '"S. M." <marsh.s.2@example.com>'
PAT_MAIL: Final = "Pat Moss <pat.moss@example.org>"
OFFICER_MAIL: Final = "PC 0000 <pc0000@example.org>"
KIM_MAIL: Final = "Kim Shaw <kim.shaw@example.org>"
CHOIR_MAIL: Final = "Moor Edge Choir <choir@example.org>"


def emails() -> dict[str, Mail]:
    """File name to email, for the ones saved singly."""
    pdf = b"%PDF-1.4\n% A stand-in for the sealed order of the sample case.\n%%EOF\n"
    return {
        "01 Your books.eml": Mail(
            day("2025-12-06", "20:14:31"),
            SAM_MAIL,
            ROBIN_MAIL,
            "Your books",
            "Hi Robin,\n\nI fetched the bag from Jo's. You kept the green mug.\n\nCan we talk? I will come to you.\n\nSam",
            "a01",
        ),
        "02 Re Your books.eml": Mail(
            day("2025-12-07", "11:02:09"),
            ROBIN_MAIL,
            SAM_MAIL,
            "Re: Your books",
            "Hi Sam,\n\nkeep the mug. I don't want to talk about it again.\n\nRobin",
            "a02",
            "Sent",
        ),
        "03 Please read this.eml": Mail(
            day("2026-01-11", "01:37:50"),
            SAM_MAIL,
            ROBIN_MAIL,
            "Please read this to the end",
            "Robin,\n\nyou wrote that I should stop. I have thought about it all night and I don't accept it.\n\n"
            "I have written down everything we did together \u2013 eleven pages. I will bring them to you.\n\nSam",
            "a03",
            "Inbox,Important",
            html="<html><body><p>Robin,</p><p>you wrote that I should stop. I have thought about it all night and <b>I don't accept it</b>.</p>"
            "<p>I have written down everything we did together &ndash; eleven pages. I will bring them to you.</p><p>Sam</p></body></html>",
        ),
        "04 You blocked me.eml": Mail(
            day("2026-02-08", "23:11:02"),
            SAM_MAIL,
            ROBIN_MAIL,
            "You blocked me",
            "You think a button makes me go away.\n\nI can still write here. I can still see when you are at home.",
            "a04",
        ),
        "05 Order confirmation.eml": Mail(
            day("2026-02-24", "15:20:44"),
            "Example Garden Furniture <orders@example.com>",
            ROBIN_MAIL,
            "Your order: 1 garden bench, delivery to your home",
            "Dear Robin Vale,\n\nthank you for your order of one two-seat garden bench.\nMessage on the card: For the two of us. S.\n\n"
            "To cancel, answer this email.",
            "a05",
        ),
        "06 Flowers at the desk.eml": Mail(
            day("2026-02-26", "17:41:20"),
            PAT_MAIL,
            ROBIN_MAIL,
            "Flowers at the desk",
            "Robin,\n\nthese were left for you at the desk at about half past five by the same person as last week. I said you were not in.\n"
            "Picture attached. Please use the staff entrance from now on.\n\nPat",
            "a06",
            attachment=("flowers.jpg", "image/jpeg", flowers()),
        ),
        "07 Password reset.eml": Mail(
            day("2026-03-05", "02:14:08"),
            "Example Account Security <security@example.com>",
            ROBIN_MAIL,
            "Somebody asked to reset your password",
            "A reset of the password of robin.vale@example.org was asked for at 02:13. If this was not you, no action is needed.",
            "a07",
        ),
        "08 Your report.eml": Mail(
            day("2026-03-09", "17:05:37"),
            OFFICER_MAIL,
            ROBIN_MAIL,
            f"Your report today - {CRIME}",
            f"Dear Robin Vale,\n\nthank you for coming in. The crime reference is {CRIME}.\n"
            "Please keep messages, call logs and anything that is left for you, and write down the date, the time and who saw it.\n\nPC 0000",
            "a08",
        ),
        "09 No subject.eml": Mail(
            day("2026-03-22", "00:48:19"),
            SAM_MAIL_2,
            ROBIN_MAIL,
            "(no subject)",
            "You went to the police. I never did anything to you. Take it back and I will leave you in peace.",
            "a09",
            "Spam",
            late=timedelta(hours=3, minutes=10),
        ),
        "10 Order served.eml": Mail(
            day("2026-04-17", "17:02:55"),
            KIM_MAIL,
            ROBIN_MAIL,
            f"{ORDER}: order served",
            f"Dear Robin,\n\nthe non-molestation order in {ORDER}, made on 14 April, was handed to the respondent today at 4.30pm.\n"
            "Please tell the police at once if you are contacted again.\n\nKim Shaw",
            "a10",
            attachment=("order.pdf", "application/pdf", pdf),
        ),
        "11 I only want to explain.eml": Mail(
            day("2026-04-23", "22:19:30"),
            SAM_MAIL_2,
            ROBIN_MAIL,
            "I only want to explain",
            "This is not a message, it is an apology.\nYou can show it to whoever you like \U0001f614",
            "a11",
            "Spam",
        ),
    }


def takeout() -> list[Mail]:
    """The mailbox as a whole, newest first as Google writes it: four of the saved emails again, and others."""
    mails = [mail for name, mail in emails().items() if name[:2] in {"03", "04", "09", "11"}]
    later = (
        (
            "2026-01-18",
            "00:12:40",
            SAM_MAIL,
            "Eleven pages",
            "From now on I will write to you every day until you answer.\n\nFrom Sam",
            "Inbox",
        ),
        (
            "2026-01-25",
            "23:55:01",
            SAM_MAIL,
            "Re: Eleven pages",
            "Did you read them? I left them under the mat.",
            "Inbox",
        ),
        (
            "2026-02-01",
            "13:20:00",
            SAM_MAIL,
            "Sunday",
            "You had visitors. Blue car, two people. Who are they?",
            "Inbox",
        ),
        (
            "2026-03-01",
            "21:07:33",
            SAM_MAIL_2,
            "It is me",
            "The other address is blocked as well, so I made this one.",
            "Inbox,Important",
        ),
        (
            "2026-03-14",
            "07:31:12",
            SAM_MAIL_2,
            "The police",
            "They have spoken to me. You will regret that you made this official.",
            "Spam",
        ),
        ("2026-03-30", "23:40:26", SAM_MAIL_2, "New place", "The van went north. It will not take me long.", "Spam"),
        ("2026-05-17", "12:00:05", SAM_MAIL_2, "Our day", "It would have been three years today.", "Spam"),
    )
    mails += [
        Mail(day(on, at), who, ROBIN_MAIL, title, body, f"b{n:02d}", labels)
        for n, (on, at, who, title, body, labels) in enumerate(later)
    ]
    for month, on in enumerate(("2025-12-03", "2026-01-07", "2026-02-04", "2026-03-04", "2026-04-01", "2026-05-06")):
        body = "Dear all,\n\nwe meet on Thursdays at seven in the upper hall.\n\nThe committee"
        mails.append(
            Mail(
                day(on, "09:00:00"),
                CHOIR_MAIL,
                ROBIN_MAIL,
                "Choir this month",
                body,
                f"c{month:02d}",
                "Inbox,Choir \u2013 Thursdays",
            )
        )
    body = "Pat, thank you for telling me. Please write down every time it happens."
    mails.append(
        Mail(day("2026-02-27", "08:10:00"), ROBIN_MAIL, PAT_MAIL, "Re: Flowers at the desk", body, "d09", "Sent")
    )
    body = "Dear Kim,\n\nthe screenshots and the diary are attached to my last email. My new number is the one I gave you on the phone.\n\nRobin"
    mails.append(Mail(day("2026-03-31", "18:44:10"), ROBIN_MAIL, KIM_MAIL, "Statement", body, "d10", "Sent,Legal"))
    body = "Dear Robin,\n\nthe hearing is on 14 April at 10am. You will not have to see the respondent.\n\nKim Shaw"
    mails.append(Mail(day("2026-04-02", "10:15:00"), KIM_MAIL, ROBIN_MAIL, "Hearing", body, "d11", "Inbox,Legal"))
    return sorted(mails, key=lambda mail: mail.at, reverse=True)
