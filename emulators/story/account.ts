// Troubles at the door: getting in, keeping others out, and leaving for good.

import type { Trouble } from './trouble.ts';

export const account: readonly Trouble[] = [
  {
    word: 'login-loop',
    urgency: 'high',
    pages: [
      ['I cannot sign in', 'account/sign-in'],
      ['Browsers we support', 'account/browsers'],
    ],
    plays: [
      `subject: Cannot sign in, page keeps reloading
summary: Signing in returns to the login page without an error.
note: Clock of the laptop is four hours ahead: the session counts as expired at once.
customer: I log in, it says welcome, then I'm on the login page again. Forever.
bot: That is frustrating. Please try a private window first: if it works there, deleting the cookies for app.example.com solves it.
customer: private window does the same
bot: Thank you. And the time on your computer, is it set automatically?
customer: yes… wait. it says 2 pm. it's 10 am here
agent: There we have it, {first}. The app thinks your session ended before it began. Set the clock to automatic and try once more.
customer: it works 🤦 how did that even happen
agent: Usually after a flight. You would not be the first this week.`,
      `subject: Login loop for our whole office
summary: About 20 people at {company} cannot sign in since lunch.
note: Their proxy strips SameSite=None from our cookies. Their IT knows.
customer: Login loop here, whole office, {company}, about 20 people. It began after lunch.
bot: Thank you for telling us. As several people are affected I pass this on at once.
agent: Hi {first}. Is there a proxy or a filter in your office that changed today?
customer: Our IT says they "hardened" something. They won't say what.
agent: Please show them this: cookies from app.example.com are stripped of SameSite=None on the way. With that they will know which box to untick.
customer: Box unticked, everybody in. IT says "thanks, but it was a good box".`,
    ],
    afterwards: [
      'It happened again this morning, same thing.',
      'A colleague has it now as well, on a Mac.',
      'Cleared everything and I am in, thank you!',
    ],
  },
  {
    word: 'lost-second-factor',
    urgency: 'urgent',
    pages: [
      ['I lost my second factor', 'account/lost-second-factor'],
      ['Recovery codes', 'account/recovery-codes'],
    ],
    plays: [
      `subject: Lost my phone, cannot sign in
summary: Phone with the authenticator was stolen in {city}, no recovery codes at hand.
note: Identity checked by mail and delay. Second factor removed, 24 h watch set.
customer: my phone was stolen in {city} and with it my 2fa app. i need to get into my account today, have a talk tomorrow
bot: I'm sorry! Do you have the recovery codes you were shown when you switched it on? They are ten groups of four letters.
customer: those are… in my notes. in the account.
bot: That happens more often than you'd think. A colleague can check your identity in another way.
agent: Hi {first}, may I call the number on file in ten minutes?
customer: it's the stolen phone :(
agent: Of course. Then please sign in as far as you get and answer the mail I've just sent. After that I remove the second factor with a delay of one hour, so that nobody else can use this road.
customer: answered
agent: One hour is over, please sign in and set up a new one straight away. Good luck tomorrow!
customer: in, set up, codes printed ON PAPER. thank you so much`,
      `subject: Two-factor codes gone
summary: New phone without the authenticator; the recovery codes were in a drawer.
customer: New phone, old one wiped, and the 6 digit codes are not in the backup. What now?
bot: Please use one of the recovery codes you saved. Each works once.
customer: Found them in a drawer! Second one worked, the first was from 2021.`,
    ],
    afterwards: [
      'Is there a way to use a hardware key instead?',
      'Please lock the account until I write again, someone is trying codes.',
      'All set up again, thank you for the patience.',
    ],
  },
  {
    word: 'data-deletion',
    urgency: 'high',
    pages: [['Delete my account and data', 'privacy/deletion']],
    plays: [
      `subject: Erasure request under Article 17
summary: Asks for erasure of all personal data and a written confirmation.
note: Identity confirmed. Invoices must stay for the legal period; told so. Due on {later}.
customer: I request the deletion of all personal data you hold about me, including backups, and a written confirmation. Please also tell me which data you have to keep and why.
agent: Dear {first}, your request is noted under {code}. To be sure it is you: please confirm from within your account, Settings → Privacy → Requests.
customer: Confirmed.
agent: Thank you. Notes, profile and messages are deleted today; copies in backups run out after 35 days. By law we keep invoices, with your name and address, for ten years. You'll have this in writing once the last step is done.
customer: That is clear. Thank you for not making it difficult.`,
      `subject: How do I delete my account
summary: Wants the account gone for good, and to know what stays.
customer: how do i delete my account. not pause. delete
bot: **Settings → Privacy → Delete account**. You then have 14 days to change your mind, after which everything is erased for good.
customer: does it also delete what i shared with others?
bot: Pages you own are deleted, with a notice to those who could see them. Comments you wrote on other people's pages stay, without your name.
customer: fair enough. bye, it was nice`,
    ],
    afterwards: [
      'When will I have the written confirmation?',
      'Does that include the newsletter list?',
      'I can still sign in. Is that expected?',
    ],
  },
  {
    word: 'email-change',
    urgency: 'normal',
    pages: [['Change your e-mail address', 'account/email']],
    plays: [
      `subject: New name, new address
summary: Wants the sign-in address changed; the old mailbox is closed.
customer: I got married and my address changed with my name. The old mailbox is already closed. How do I change my login?
bot: Congratulations! Normally we confirm a change by mail to the old address. As it is closed, a colleague needs to check a few things.
agent: Congratulations from me too, {first}. Could you tell me the month of your first invoice, and the name of any notebook?
customer: March, and "Hochzeit 💍 FINAL final v3"
agent: That settles it beyond doubt. Your new address works from now on.
customer: 😂 thanks!!`,
      `subject: Typo in my e-mail address
summary: Signed up with a typo and never got a single mail.
customer: my account has a typo in the mail, exmaple instead of example. never got a single mail from you, now i know why
bot: I see it. I've sent a confirmation to the address without the typo; click it and the change is done.
customer: clicked. done. embarrassing`,
    ],
    afterwards: [
      'Will people I share with see the new address?',
      'The old address still shows up on invoices.',
      'Works, thank you.',
    ],
  },
  {
    word: 'stranger-signed-in',
    urgency: 'urgent',
    pages: [['Unknown sign-in', 'security/unknown-sign-in']],
    plays: [
      `subject: Sign-in from a place I have never been
summary: Got a mail about a sign-in from {city}; was at home at that time.
note: IP belongs to the mobile carrier’s gateway, same device id as always. No breach. Logged as {code}.
customer: I just got "new sign-in from {city}". I am NOT in {city}. What do I do???
bot: Please do these three things now:
1. Change your password.
2. Under **Settings → Security** choose *Sign out everywhere*.
3. Switch on the second factor if it is off.
customer: did all three. was someone in there?
agent: {first}, I looked at the log with you in mind: it is your own phone, seen through your carrier's gateway, which stands in {city}. Nothing was read that you didn't read. You did exactly the right things all the same.
customer: ok. heart rate going down. thank you for checking so fast`,
      `subject: A notebook I did not make
summary: Found a notebook that nobody had made. It was the daughter, aged six.
customer: someone created a notebook called "test123" in my account and it wasn't me
bot: That is unusual. Please choose *Sign out everywhere* under **Settings → Security** and change your password; I alert the security team meanwhile.
agent: Hello {first}, {agent} from security. The notebook was made from a tablet named "Kitchen". Does that ring a bell?
customer: that's… my daughter. she is 6. i'm sorry
agent: Please tell her that test123 is a fine first notebook. Case closed, and no need to apologise.`,
    ],
    afterwards: [
      'There is another one, from the same place, five minutes ago.',
      'Can I see a list of all devices somewhere?',
      'Nothing strange since then. Thank you.',
    ],
  },
  {
    word: 'owner-left',
    urgency: 'high',
    plans: ['team'],
    pages: [['Transfer a workspace', 'teams/transfer']],
    plays: [
      `subject: Our admin left {company}
summary: Workspace owner left {company}; nobody can manage billing or members now.
note: Domain verified by DNS record. Transfer done, former owner informed.
customer: The only admin of our workspace left in spring and her mailbox is gone. We can't add people or change the card. {company}.
bot: I'm sorry, that is a tight spot. For a transfer we need proof that the domain is yours, for example a DNS record.
customer: DNS we can do, tell me what to add
agent: Hi {first}. Please add a TXT record "larkfield-verify={code}" to your domain and write here when it is there.
customer: it's there, TTL 300
agent: I see it. You are the owner now; we sent a notice to the former owner's private address, as our rules ask.
customer: Brilliant, cheers. Adding two admins this time.`,
      `subject: Handing over {company} properly
summary: Leaves {company} in two weeks and wants to hand over the workspace.
customer: How do I give the workspace to someone else? I'm leaving {company} in two weeks and want to do this properly
bot: Thank you for thinking of it! **Teams → Members → (name) → Make owner**. You become a normal member and can be removed later without losing anything.
customer: Done in ten seconds. Last item on my list!`,
    ],
    afterwards: [
      'We found one more workspace that she owned. Same procedure?',
      'Card is changed, everything works.',
      'Could you also make our office manager an admin?',
    ],
  },
];
