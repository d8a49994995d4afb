// Troubles with the pad itself and with what it does, or refuses to do.

import type { Trouble } from './trouble.ts';

export const device: readonly Trouble[] = [
  {
    word: 'sync-stuck',
    urgency: 'high',
    pages: [
      ['Sync, step by step', 'notes/sync'],
      ['When two versions differ', 'notes/conflicts'],
    ],
    plays: [
      `subject: Notes do not sync
summary: Pages written on the pad since {weekday} do not appear elsewhere.
note: Log shows the pad waiting for a captive portal. Nothing lost, 38 pages queued on the device.
customer: Everything I wrote since {weekday} is only on the pad. Laptop shows nothing. I'm scared to restart it.
bot: Restarting is safe: pages are stored on the pad before they are sent. First, please look at the small cloud at the top right. Is it crossed out?
customer: not crossed out, it's spinning
bot: Then it is trying. Is the pad on a network that asks for a login page, as in hotels or trains?
customer: university wifi. it asks for a login every morning
agent: There it is. Open the browser on the pad once, accept the page, and watch the cloud. 38 pages are waiting to come down the line.
customer: they're coming!!! my whole thesis chapter. i could cry
agent: Good luck with the thesis, {first}. It's all here now: 38 of 38.`,
      `subject: Two versions of one page
summary: A page changed in two places; both were kept.
customer: two versions of the same page, one from pad, one from phone, which one is real
bot: Both are! When a page changes in two places before they meet, we keep both and mark the younger one with "(copy)". Nothing is overwritten.
customer: ok good, i merged them by hand. would be nice to see the difference side by side
bot: I've passed that on as a wish. You are the 24th person to ask.`,
    ],
    afterwards: [
      'The cloud is spinning again, since about an hour.',
      'Is there a way to see what is waiting to be sent?',
      'All pages are there now. Thank you, really.',
    ],
  },
  {
    word: 'battery',
    urgency: 'normal',
    pages: [['Battery and charging', 'device/battery']],
    plays: [
      `subject: Battery empty after a day
summary: Battery lasts a day instead of two weeks since the last update.
note: Firmware 4.2.1 regression, wifi never sleeps when the network hides its name. 4.2.2 fixes it.
customer: since the update my {product} is empty every evening. used to be two weeks
bot: That is not normal. Which version do you see under **Settings → About**?
customer: 4.2.1
bot: Version 4.2.1 keeps the wifi awake in some networks. 4.2.2 fixes that and is available now.
customer: installed, will watch it for some days
customer: Day 4 and at 81 %. fixed!`,
      `subject: {product} gets warm
summary: Pad is warm while charging.
customer: pad is warm on the back while charging, should I worry?
bot: Warm to the hand is fine. If it is too hot to hold, unplug it and tell us.
customer: just warm. like a cat
bot: Like a cat is within specification.`,
    ],
    afterwards: [
      'Down to 60 % over night without being touched.',
      'Much better since the update, thanks.',
      'Can I get the battery replaced outside the warranty?',
    ],
  },
  {
    word: 'handwriting',
    urgency: 'low',
    pages: [['Languages of handwriting', 'notes/handwriting']],
    plays: [
      `subject: Arabic and English on one line
summary: Handwriting recognition turns English around next to Arabic.
customer: I write in Arabic and English on the same page and the pad reads my English from right to left: «مرحبا hello» becomes «olleh مرحبا»
bot: Thank you for the example. Under **Handwriting → Languages**, please put both in the list; with one language only, everything is read in its direction.
customer: both are in the list
agent: Then it's our bug, {first}. Mixed lines were handled by the old reader for accounts made before spring. I moved you to the new one; could you write that line again?
customer: «مرحبا hello» 👌 شكراً`,
      `subject: Doctor’s notes read as music
summary: Scanned ruled paper was taken for staves.
customer: it thinks my doctor's handwriting is music notation
bot: I'm sorry! Does the page begin with a line across the top? Five lines close together are taken as staves.
customer: it's ruled paper that I scanned. five lines. lol
bot: Choose *Read as text* in the page menu, and it stays text.
customer: thanks. the music wasn't bad though 🎼`,
    ],
    afterwards: [
      'It works for names now, but not for place names.',
      'Do you plan to support Amharic?',
    ],
  },
  {
    word: 'accessibility',
    urgency: 'high',
    pages: [
      ['Accessibility', 'accessibility'],
      ['Keyboard shortcuts', 'accessibility/keyboard'],
    ],
    plays: [
      `subject: Screen reader cannot reach the menu
summary: Uses a screen reader; the page menu has no labels since the redesign.
note: Confirmed with NVDA and VoiceOver. Blocks daily work, treated as an outage. Fix planned for {later}.
customer: I'm blind and use NVDA with Firefox. Since the redesign the page menu reads "button button button button". I can't share or delete pages any more.
bot: I'm sorry, that should not happen. Until it is mended, these keys work: Ctrl+Shift+S shares a page, Ctrl+Shift+D moves it to the bin.
customer: Those work, thank you. But I'd like to know that someone takes this seriously.
agent: Hello {first}, we do: it's treated as an outage, not as a wish. Four labels got lost in the redesign. I tested the fix with NVDA and VoiceOver this morning; it goes out on {later}.
customer: Thank you for testing it yourself. If you ever need someone who tests before a release, I'm happy to.
agent: We would like that very much, and we pay for it. I'll write to you by mail.`,
      `subject: Grey on grey
summary: Cannot read the grey text on grey.
customer: the grey text on grey is unreadable for me (62, not blind, just 62)
bot: You can switch on **Settings → Display → Strong contrast**, and make text larger right below it.
customer: oh that is MUCH better. why is that not on from the start?
agent: Good question, and you're not alone in asking it. From the next version on it follows what you've set in your system.`,
    ],
    afterwards: [
      'The share dialog still traps the keyboard: I can get in, not out.',
      'Labels are back. Thank you for keeping your word.',
      'Is there a page that lists what is known not to work?',
    ],
  },
  {
    word: 'update-failed',
    urgency: 'urgent',
    pages: [['Recover a pad', 'device/recovery']],
    plays: [
      `subject: Pad shows only the logo
summary: {product} restarts again and again after a failed update ({code}).
note: If it returns after recovery over USB, swap the device: flash memory of that batch is suspect.
customer: Update failed, {code}, now it shows the logo, goes dark, shows the logo, goes dark. I have a meeting in an hour.
bot: Let's try this: hold the power button for 20 seconds, connect it to the charger, wait until the light is green, then press power once.
customer: logo… dark… logo…
agent: Hi {first}. Do you have a computer and a USB cable near you? With the recovery page, https://recover.example.com, it takes six minutes and keeps your pages.
customer: doing it. 40%. 70%. this is like a film
customer: IT LIVES
agent: Six minutes and nine seconds. Off to your meeting!`,
      `subject: Update stops with {code}
summary: Not enough space for the update.
customer: {code} every time I press update
bot: {code} means there is not enough space. An update needs 1.2 GB free; you have 0.3.
customer: ah. deleting the podcasts then
customer: updated. sorry, podcasts`,
    ],
    afterwards: [
      'It did it again, but came back by itself after three rounds.',
      'Running fine since yesterday.',
      'Do I lose anything if I reset it completely?',
    ],
  },
  {
    word: 'long-story',
    always: true,
    urgency: 'normal',
    pages: [['Earlier versions of a page', 'notes/history']],
    plays: [
      `subject: A long story about a notebook
summary: Describes at length how a shared notebook was moved, copied and partly lost. Wants the state of {weekday}.
note: Restored from the snapshot of {weekday} 06:00 UTC as a second notebook. Kept the damaged one for comparison.
customer: Dear support team, this will be long, and I apologise, but I believe the order of events matters.

On {weekday} morning I moved the notebook "Estate" from my private space into the one of {company}. It has 214 pages; I counted them, because it is the inventory of my late aunt's house and I am the executor. The move took a while and showed a progress bar that stopped at 61 %. I waited for about twenty minutes, made tea, waited some more, and then closed the lid of the laptop. I know now that I should not have done that.

When I opened it again, the notebook was in both places. In my private space it had 214 pages, as before. In the shared space it had 131. So far so good, I thought, I'll delete the incomplete one and start over. But by then my colleague had already begun to add remarks to the shared copy (very useful ones, about the clocks), and when I deleted it he got a message that the notebook "was removed by its owner", and, being a helpful man, he pressed "Restore", which brought it back, but, it seems, into HIS private space.

At this point there were three notebooks called "Estate". I renamed mine to "Estate (the real one)". He renamed his to "Estate CORRECT". We then each, without telling the other, moved our own into the shared space at the same time.

What we have now is a single notebook called "Estate CORRECT" with 188 pages. The silver is missing. The clocks are there twice. The library (63 pages, the heart of the matter) begins at shelf 9.

My question is simple: can you take us back to {weekday}, eight in the morning, before I touched anything? We will write the remarks about the clocks again; we remember them well.

With kind regards, and again my apologies for the length,
{first}
bot: Thank you for the detailed description. Notebooks can be taken back to an earlier state; as several owners are involved, a colleague will do that together with you.
agent: Dear {first}, please don't apologise: I wish every report were told in this order. I restored the state of {weekday}, 06:00 UTC, as a separate notebook called "Estate, {weekday} morning". It has all 214 pages, the silver and shelves 1 to 8 included. "Estate CORRECT" is untouched, so that you can copy the remarks about the clocks instead of writing them again. May I suggest that one of you two moves things from now on?
customer: 214! And the silver! We have agreed that my colleague moves things and I make the tea. Thank you with all my heart.`,
      `subject: Sync log, as asked
summary: Sends the whole log of a sync that stops at the same page every time.
note: Page 0x1f3a holds a stroke without points, older than 2019. Converter now skips such strokes.
customer: You asked for the log of the sync. I cut it where it begins to repeat. My pad says "waiting", the laptop says "up to date", and they can't both be right. Here it is, times are UTC:

\`\`\`
06:00:00.012 sync: begin, 412 pages known here, 409 there
06:00:00.440 sync: 3 pages to send: 0x1f38 0x1f39 0x1f3a
06:00:00.441 page 0x1f38: 88 strokes, 14 kB, sending
06:00:01.207 page 0x1f38: accepted, version 12
06:00:01.209 page 0x1f39: 131 strokes, 22 kB, sending
06:00:02.733 page 0x1f39: accepted, version 4
06:00:02.735 page 0x1f3a: 97 strokes, 17 kB, sending
06:00:03.101 page 0x1f3a: refused, 422 {"field":"strokes[41].points","rule":"not empty"}
06:00:03.102 page 0x1f3a: will try again in 2 s
06:00:05.104 page 0x1f3a: 97 strokes, 17 kB, sending
06:00:05.466 page 0x1f3a: refused, 422 {"field":"strokes[41].points","rule":"not empty"}
06:00:05.467 page 0x1f3a: will try again in 4 s
06:00:09.470 page 0x1f3a: 97 strokes, 17 kB, sending
06:00:09.839 page 0x1f3a: refused, 422 {"field":"strokes[41].points","rule":"not empty"}
06:00:09.840 page 0x1f3a: will try again in 8 s
06:00:17.844 page 0x1f3a: 97 strokes, 17 kB, sending
06:00:18.190 page 0x1f3a: refused, 422 {"field":"strokes[41].points","rule":"not empty"}
06:00:18.191 sync: end, 2 sent, 1 waiting
\`\`\`

It goes on like that every ten minutes, since {weekday}. The page in question is a shopping list. I could live without it, but I'd like to know what is wrong with it. Things I have tried: turning it off and on, signing out and in, duplicating the page (then the copy does not sync either), swearing.
bot: Thank you, that is a very complete log. One page is refused because of an empty stroke; I pass it on with the number of the page.
agent: Hello {first}, stroke 41 is a dot that has no ink: the pen touched the glass and left again within a millisecond. Old pads stored that, new servers refuse it. From now on the server drops such dots instead. Please let it sync once more, no swearing required.
customer: 0x1f3a: accepted, version 2. Milk, eggs, and 40 cm of oak are safe. Thanks!`,
    ],
    afterwards: [
      'One more thing: page 97 has the picture of page 98.',
      'We compared everything. It is complete. Thank you!',
      'Could you keep the backup until the end of the month?',
    ],
  },
];
