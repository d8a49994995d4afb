// Troubles with things that come in boxes.

import type { Trouble } from './trouble.ts';

export const shop: readonly Trouble[] = [
  {
    word: 'late-parcel',
    urgency: 'normal',
    pages: [
      ['Where is my parcel?', 'delivery/tracking'],
      ['Delivery times by country', 'delivery/times'],
    ],
    plays: [
      `subject: Where is order {order}?
summary: Order {order} has not moved since {weekday}. It is a birthday present.
note: Carrier opened a trace. If nothing by {later}, send a second one without asking again.
customer: Hi, order {order} was meant to be here on {weekday}. Tracking says "in transit" and nothing else since.
bot: Hello! I looked up {order}: it left our warehouse on time and was last scanned in {city}. Parcels are sometimes not scanned again until delivery. Would you like me to ask the carrier?
customer: yes please. it's a birthday present so a bit stressful
bot: I have asked the carrier and passed this to a colleague.
agent: Hi {first}, {agent} here. The depot found it on the wrong shelf (really). It goes out for delivery tomorrow before noon. I put a note on it with "birthday" in big letters.
customer: haha thank you. will it need a signature? I'm at work
agent: Not any more, I switched that off. They will leave it with a neighbour or in a dry place.
customer: It came! Thanks {agent} 🎉`,
      `subject: Parcel stuck since {weekday}
summary: Order {order} was promised again and again. A new one goes by express.
note: Third late parcel to {city} this month. Raised with the carrier.
customer: where is my parcel
bot: I can check that for you. What is the order number? It begins with LF.
customer: {order}
bot: Thank you. {order} ({product}) is with the carrier in {city}, expected {later}.
customer: it said the same thing last week
agent: You're right, {first}, and that estimate is fiction by now. I'm sending a new {product} today by express and you owe us nothing. If the first one turns up, just refuse it at the door.
customer: ok that is more than I expected, thanks`,
      `subject: Delivered, but not to me: {order}
summary: Tracking of {order} says delivered, nothing came. Lives on a boat.
note: Redirected by hand; the order page still shows the boat.
customer: Tracking for {order} says DELIVERED. I have been sitting next to the door all day. Nothing was delivered.
bot: I'm sorry about that. In most cases the parcel is with a neighbour or in a parcel box nearby. Could you check the card the driver may have left?
customer: No card, no neighbour, no box. I live on a boat.
agent: Hello {first}, a boat! That explains the driver's remark: "address is water". He took it back to the {city} depot. Is there an address on land we may use?
customer: The harbour office, same postcode. They are there 9 to 5 and they like me.
agent: Redirected to the harbour office, new attempt on {later}.`,
    ],
    afterwards: [
      'Any news on the parcel?',
      'The tracking page just changed to "out for delivery" 🤞',
      'Nothing came today either, to be honest.',
      'It arrived! The box is a bit dented but everything inside is fine.',
    ],
  },
  {
    word: 'wrong-size',
    urgency: 'low',
    pages: [
      ['Sizes of sleeves and cases', 'products/sizes'],
      ['Exchanging an item', 'orders/exchange'],
    ],
    plays: [
      `subject: Sleeve does not fit
summary: Ordered the small sleeve for the large pad; swapped without paying postage twice.
note: The size chart mixed up 10″ and 13″ until last month, so postage is on us.
customer: Hello, I ordered the felt sleeve with {order} and my pad sticks out about 2 cm. I measured twice.
bot: That sounds like the small sleeve. The size is printed inside the seam: S is for 10″ pads, L for 13″ pads. Which one do you have?
customer: S. But the page said it was for the 13!
agent: It did say that, I just looked. Sorry, that was our mistake. I've sent an L to you in {city}; keep the S, or give it to someone with a smaller pad.
customer: Oh nice. My sister has the small one. Thank you!`,
      `subject: Hoodie from {order}, a size larger
summary: Wants to swap a washed hoodie for a larger one. Allowed, the batch runs small.
customer: can i swap the hoodie from {order} for a size up? washed it once, is that ok
bot: Items that were washed can usually not be exchanged. I will ask a colleague to have a look.
agent: Hi {first}! Officially no, but this batch runs small and we know it. L or XL?
customer: XL, safer 😅
agent: XL it is. The label for sending back the other one is in your mail. No hurry.
customer: legend`,
    ],
    afterwards: [
      'Should I wash it before I send it back?',
      'The larger one fits perfectly, thank you.',
      'The return label does not print, the barcode is cut off.',
    ],
  },
  {
    word: 'damaged',
    urgency: 'high',
    pages: [['Something arrived broken', 'orders/damaged']],
    plays: [
      `subject: {product} arrived broken
summary: {product} arrived with a line across the screen. Photos were sent.
note: Photos show the corner hit, typical drop. Claim with the carrier goes out on {later}.
customer: Just unboxed my {product} and the screen has a line from top to bottom. Box looked fine!
bot: I'm sorry to hear that. Could you send a photo of the screen and one of the box, so that we can replace it?
customer: sent both to the address in the packing slip
agent: Got them, thank you {first}. That's a cracked panel, nothing you did. A replacement leaves today and comes with a bag for the broken one.
customer: Will my notes be on the new one? I had already set it up
agent: Sign in on the new one and they come down by themselves, give it ten minutes on wifi.
customer: Great, thanks for being quick about it.`,
      `subject: Pen in two pieces
summary: The pen from {order} arrived broken. White seal.
customer: The pen that came with {order} is in two pieces. I don't think it is meant to be in two pieces.
bot: No, the pen should be in one piece. Was the tip loose in the box, or is the barrel broken?
customer: barrel. clean break. looks like someone sat on it
agent: A new pen is on its way to {city}. Could you tell me whether the box had a green or a white seal? We are trying to find out who sits on our pens.
customer: white seal :)
agent: Thank you, detective. That helps more than you think.`,
    ],
    afterwards: [
      'Do you want the broken one back, or may I recycle it here?',
      'The replacement came and works, thank you!',
      'I found a second crack, near the power button. Photo attached.',
    ],
  },
  {
    word: 'wrong-item',
    urgency: 'normal',
    pages: [['I received the wrong item', 'orders/wrong-item']],
    plays: [
      `subject: Order {order}: someone else’s things
summary: Received another customer’s order instead of {product}.
note: Swapped with a parcel to another town. Other customer has been told, no names passed on.
customer: I ordered one {product}. I got four hoodies, a mug and somebody's invoice.
bot: That is certainly not your order. Please do not use the items; a colleague will arrange the exchange.
agent: Hello {first}, apologies! Two labels were swapped at packing. Please shred the invoice, it is someone's private address. Courier collects the box on {weekday}, and brings yours.
customer: shredded. the mug is quite nice though
agent: The mug stays with you. Consider it a fee for your discretion.`,
      `subject: Left-handed folio, please
summary: Ordered the left-handed folio, received the right-handed one.
customer: I ordered the LEFT-handed folio in {order}. This one opens to the right. I am extremely left-handed.
bot: I see the left-handed one in your order, so this is our mistake. May I send the right one? I mean, the left one.
customer: 😄 yes please
bot: It is on its way and arrives on {later}. You may keep the other, or pass it on.
customer: my desk neighbour is right-handed and very happy`,
    ],
    afterwards: [
      'The courier did not come today, should I wait tomorrow as well?',
      'The right one is here now. All good, thanks.',
      'Nobody has asked for the other things so far. They are still in my hallway.',
    ],
  },
  {
    word: 'return',
    urgency: 'low',
    pages: [
      ['Returns in 30 days', 'orders/returns'],
      ['Print a return label', 'orders/return-label'],
    ],
    plays: [
      `subject: How to return {order}
summary: Asked how to return an unopened order.
customer: How do I send something back? {order}, unopened.
bot: You have 30 days from delivery. Open **Orders → {order} → Return**, choose a reason, and print the label. No printer? The code on your phone is enough at most parcel shops.
customer: Found it, thanks. Do I need to say why?
bot: No, the reason is optional. We read every one of them, though.`,
      `subject: Return label missing
summary: Return page gives no label; the carrier’s system was down in {city}.
customer: The return page gives me "label unavailable". Tried Firefox and Safari.
bot: I see no label for {order} either. Let me get someone who can make one by hand.
agent: {first}, the carrier's system is down for {city} since this morning. Shall I send the label by mail when it is back, or a courier for tomorrow?
customer: Label is fine, I'm in no hurry.
agent: It's in your inbox now. The 30 days stopped counting today, so take your time.
customer: Appreciate it.`,
    ],
    afterwards: [
      'Handed it in at the parcel shop just now, receipt says 17:42.',
      'How long until the money is back once you have it?',
      'Still no label in my inbox, also not in spam.',
    ],
  },
  {
    word: 'address-change',
    urgency: 'high',
    pages: [['Change an address after ordering', 'orders/address']],
    plays: [
      `subject: I moved, my parcel did not
summary: Order {order} is going to the old address; moved to {city}.
note: Address changed by hand in the carrier portal, our own order page still shows the old one.
customer: Help, I moved to {city} on {weekday} and {order} is going to my old flat!!
bot: Don't worry. The parcel has not left yet. What is the new address?
customer: I just changed it in my profile, first one in the list
bot: Thank you. The order does not follow the profile by itself, so I ask a colleague to change it there.
agent: Done, {first}. New label printed, old one in the bin. Welcome to {city}!
customer: phew. thank you!!`,
      `subject: Company name on the label of {order}
summary: Reception refuses parcels without {company} on the label.
customer: Please change the company on the label of {order} to {company}, reception refuses parcels with only my name.
agent: Changed. It will read "{company}, attn. {first}". Anything else reception is strict about?
customer: They once refused a cake. But no, that's all.`,
    ],
    afterwards: [
      'Can you confirm the new address is on the label now?',
      'Reception took it this time, thank you.',
      'It went to the old flat after all. The new tenant has it, I will pick it up.',
    ],
  },
];
