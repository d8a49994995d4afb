// Troubles with what was paid, what was not, and what should never have been.

import type { Trouble } from './trouble.ts';

export const money: readonly Trouble[] = [
  {
    word: 'refund',
    urgency: 'normal',
    pages: [
      ['When will I get my refund?', 'billing/refunds'],
      ['Returns in 30 days', 'orders/returns'],
    ],
    plays: [
      `subject: Refund for {order}
summary: Returned {product}, parcel arrived on {weekday}, waiting for {amount}.
note: Refund had been stuck on an expired card. Paid by bank transfer instead, reference {code}.
customer: Hi, I returned my {product} two weeks ago. You got it on {weekday} according to tracking. When do I get my {amount}?
bot: Refunds are made within 5 working days after a return was checked, and your bank may need 3 more. Your return {order} was checked on {weekday}.
customer: so it should be there by now
bot: Yes, it should. I'm handing this to billing.
agent: Hello {first}. The refund went to a card that has expired, and your bank sent it back to us. Could you confirm the last two digits of an account you'd like it on? Please don't write the full number here.
customer: ends in 47
agent: Thanks, that one is on file. {amount} goes out today, reference {code}.
customer: Received. Thank you for sorting it out.`,
      `subject: I want my money back
summary: Returns a pad within 30 days: likes paper better.
customer: I want my money back
bot: I'm sorry that something went wrong. Which order is it about?
customer: {order}. pad is fine it's just not for me. I like paper, turns out
bot: That is fair! You are within the 30 days. I have started the return; the label is in your mail and {amount} comes back once the parcel is here.
customer: Okay that was easy`,
    ],
    afterwards: [
      'My bank says nothing is on its way. Could you check the reference again?',
      'It just arrived on my account, thanks!',
      'Will I also get the shipping back?',
    ],
  },
  {
    word: 'double-charge',
    urgency: 'high',
    plans: ['pro', 'team'],
    pages: [['Why do I see two charges?', 'billing/two-charges']],
    plays: [
      `subject: Charged twice
summary: Card shows {amount} twice on one day for one subscription.
note: Second one was an authorisation, not a charge. Released early, overdraft fee paid as goodwill.
customer: You charged me {amount} TWICE today. Please undo one of them, my account is now overdrawn.
bot: I'm sorry, that is unpleasant. I see one payment of {amount} and one authorisation of the same amount. The authorisation is not a payment and disappears within a few days.
customer: the bank took both, I'm looking at it
agent: Hi {first}, {agent} from billing. The bank reserves both until the authorisation is released. I have just released it from our side instead of waiting, and it should show within the hour. If the bank charged you an overdraft fee, send me a screenshot and we pay that too.
customer: It's gone. Fee was 6.50, screenshot sent.
agent: 6.50 credited. Sorry for the fright.`,
      `subject: Two payments of {amount}
summary: Two workspaces paid with one card; the second was a forgotten trial.
customer: there's 2x {amount} from LARKFIELD on my statement, we only have one workspace
bot: Two workspaces are paid with this card: "{company}" and "{company} (test)". Could the second one be yours as well?
customer: ohhh. someone here started a trial and forgot. can we merge them
agent: They can't be merged, but I moved the notes into the first and closed the second. The last payment is refunded.
customer: Thanks, and sorry for blaming you`,
    ],
    afterwards: [
      'Both are still there this morning.',
      'The second one is gone now. Thank you!',
      'Can you make sure this does not happen again next month?',
    ],
  },
  {
    word: 'invoice-address',
    urgency: 'normal',
    plans: ['pro', 'team'],
    pages: [
      ['Change the address on an invoice', 'billing/invoice-address'],
      ['VAT and reverse charge', 'billing/vat'],
    ],
    plays: [
      `subject: Invoice must say {company}
summary: Invoice carries a private address; the accountant refuses it.
note: VAT number checked, valid. Old invoice cancelled, new one has the same date as asked.
customer: Our accountant sends back your invoice because it has my private address. It must say {company}.
bot: You can set the invoice address under **Settings → Billing → Invoice details**. It is used from the next invoice on.
customer: And the one that's already there? We are closing the quarter.
agent: I can reissue that one. Which VAT number should it carry?
customer: Same as in the account settings, just never made it to the invoice
agent: Reissued, dated as before, with a cancellation of the old one attached. Both are in your billing page.
customer: Perfect. Accountant is happy, which is rare.`,
      `subject: Send invoices to our bookkeeper
summary: Invoices should go to the bookkeeper by themselves.
customer: Could invoices go to accounts@example.org instead of me? I forget to forward them every single month
bot: Yes. Add the address under **Settings → Billing → Send invoices to**. Several addresses may be separated by commas.
customer: Done, you just made our bookkeeper's day`,
    ],
    afterwards: [
      'The new invoice has a typo in the street name, sorry: two s, not one.',
      'Our bookkeeper asks for the last three months as well. Possible?',
      'All received, thanks.',
    ],
  },
  {
    word: 'cancelled-subscription',
    urgency: 'normal',
    plans: ['pro', 'team'],
    pages: [
      ['Cancel or pause a plan', 'billing/cancel'],
      ['What happens to my notes?', 'billing/after-cancelling'],
    ],
    plays: [
      `subject: Still active after cancelling
summary: Cancelled on {weekday}, yet the account still shows Pro.
note: Leaving because of price. Told about the yearly plan, did not push.
customer: I cancelled on {weekday} but the app still says Pro?
bot: That is right: a cancelled plan runs until the end of the month you paid for, here {later}. Nothing is charged after that.
customer: ah ok. and my notes?
bot: They stay. On Free you can read everything and edit the newest 50 notebooks.
customer: good, thanks. nothing personal, just saving money`,
      `subject: Closing our shop
summary: {company} closes after 14 years; everything is to be cancelled.
customer: Please cancel everything for {company}. We are closing the shop after 14 years.
bot: I'm sorry to hear that. An owner can cancel under **Settings → Billing**. Would you like me to ask someone to do it for you?
customer: Yes please, I have a lot on my plate.
agent: Dear {first}, it's done, nothing will be charged again. I refunded this month and left your notes readable for as long as you like. Fourteen years is something to be proud of. All the best from all of us.
customer: That is very kind. Thank you, truly.`,
      `subject: No cancel button on my phone
summary: Could not find out how to cancel on the phone.
customer: why is there no cancel button on my phone
bot: Plans bought on the website are cancelled on the website: **Settings → Billing → Cancel plan**. The phone app cannot do it, sorry.
customer: found it. it asks me 5 times if i am sure
agent: Three times too many, I agree, and I've told the people who can change it. Your plan is cancelled, ends {later}.
customer: thx`,
    ],
    afterwards: [
      'Can I come back later with the same notes?',
      'I got another invoice today, is that a mistake?',
      'Changed my mind, can you undo the cancellation?',
    ],
  },
  {
    word: 'card-declined',
    urgency: 'high',
    pages: [['My card is refused', 'billing/card-refused']],
    plays: [
      `subject: Payment fails with {code}
summary: Card is refused with {code} although the bank sees no attempt.
note: Bank’s confirmation window was blocked by the browser. Known with strict tracking protection.
customer: Payment page says {code} and my bank swears nobody tried to charge me.
bot: {code} means that your bank's confirmation window did not open. It is often blocked by the browser. Could you allow pop-ups for this page and try again?
customer: Allowed, same.
agent: {first}, do you use an ad blocker or a work laptop with a strict profile?
customer: work laptop, yes. trying on my phone…
customer: Worked on the phone. You could write that on the page, you know.
agent: You are right, and from this afternoon it does.`,
      `subject: All cards declined
summary: Three cards refused, access would have ended the same night. Extended by 7 days.
customer: new card, old card, partner's card: all declined. we lose access tonight!!
bot: I understand that this is urgent. I have extended your plan by 7 days, so nothing is lost tonight.
customer: oh. ok. breathing again
agent: The processor had trouble with cards from {city} for about two hours, fixed now. Please try the first card once more.
customer: went through 👍`,
    ],
    afterwards: [
      'Tried again just now, same code.',
      'It works with another card, thanks.',
      'Could we pay by bank transfer instead?',
    ],
  },
  {
    word: 'discount',
    urgency: 'low',
    pages: [['Schools, libraries and charities', 'plans/education']],
    plays: [
      `subject: Discount for schools?
summary: Asks for Team for about 60 pupils, aged 10 to 13.
customer: Hello! Do you have something for schools? We would need about 60 accounts for pupils aged 10–13.
bot: Yes! Schools pay half for Team, and accounts for pupils need no e-mail address. You can apply under **Plans → Education**.
customer: No e-mail address is exactly what I was hoping to hear. Is the data kept in Europe?
agent: Hi {first}, yes for schools always, in Frankfurt. I've attached the data agreement your headteacher will ask for.
customer: You know my headteacher!`,
      `subject: SPRING20 does not work
summary: Code for yearly plans did not fit a monthly basket.
customer: code SPRING20 says "not valid for this basket"
bot: SPRING20 is for yearly plans; your basket has a monthly one. Switch to yearly and it takes 20 % off.
customer: ok did that. now it is valid and I'm also paying for a year, well played
bot: You can go back to monthly within 30 days if you change your mind.`,
    ],
    afterwards: [
      'Our board has said yes! What do you need from us?',
      'Does the discount stay when we add more people?',
      'Is there a deadline for applying?',
    ],
  },
];
