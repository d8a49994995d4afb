// What else people write about, and those who write simply to say something.

import type { Trouble } from './trouble.ts';

export const sundry: readonly Trouble[] = [
  {
    word: 'upgrade',
    urgency: 'low',
    plans: ['free', 'pro'],
    pages: [
      ['Compare plans', 'plans/compare'],
      ['How we count people', 'plans/seats'],
    ],
    plays: [
      `subject: Which plan do we need?
summary: {company} is nine people now and asks what Team adds and costs.
note: Warm lead. Wants to decide by {later}. Call arranged.
customer: We're 9 people now and share one Pro login (I know, I know). What would Team cost us?
bot: Thank you for being honest! Team is €11 a person a month, and people who only read are free. For nine writers you would get shared folders, an admin page and single sign-on.
customer: Only 4 of us write. The others just read recipes
bot: Then you would pay for 4.
customer: oh! that's less than what my boss expected. can we keep our notebooks?
agent: All of them, {first}. I can move the shared login into a workspace and give each of you an own door. Would {later} suit you? It takes half an hour.
customer: {later} is perfect, 10:00?
agent: 10:00 it is. Invitation sent.`,
      `subject: From Pro back to Free
summary: Asked what happens to notebooks on Free.
customer: what happens to my stuff if I go from pro back to free
bot: Nothing is deleted. The newest 50 notebooks stay editable, older ones can be read and exported.
customer: good to know, thanks`,
    ],
    afterwards: [
      'We would be eleven after all. Does that change the price?',
      'Boss says yes. How do we start?',
      'Is there a trial for the whole team?',
    ],
  },
  {
    word: 'wish',
    urgency: 'low',
    pages: [['What we are working on', 'roadmap']],
    plays: [
      `subject: Idea: dark mode at sunset
summary: Draws outdoors and wishes that the pad went dark at sunset.
customer: Not a problem, just an idea! It would be lovely if the pad went dark at sunset. I draw outdoors 🌅
bot: What a nice thought. I have added it to the list of wishes with your words.
customer: Does anyone ever read that list?
agent: I do, every Friday, with coffee. Yours is now on a board with the headline "things people do outdoors". Do you draw with the pen or with a finger?
customer: Pen, unless it's cold, then both 😄`,
      `subject: Pin more notebooks
summary: Would like to pin more than five notebooks.
customer: please please please let me pin more than 5 notebooks
bot: You can pin up to 20 since the last version: **Settings → Home → Pinned**.
customer: since when!! thank you`,
    ],
    afterwards: [
      'I have another idea, may I send a sketch?',
      'Is there any news about that wish?',
      'No hurry with this one, of course.',
    ],
  },
  {
    word: 'praise',
    urgency: 'low',
    pages: [],
    plays: [
      `subject: Thank you
summary: Writes to thank the team for the steady-hand mode. No answer needed, but got one.
customer: No question today. My father has Parkinson's and could not write a readable line for three years. Your steady-hand mode gave him his diary back. He wrote 4 pages yesterday. That's all. Thank you.
agent: Dear {first}, I read your message aloud to the people who built it, and there was silence, and then somebody had to open a window. Thank you for telling us. Please give your father our regards.
customer: He says: "regards back, and the eraser could be bigger" 😂❤️
agent: The eraser will be bigger.`,
      `subject: Just wanted to say
summary: Liked how fast the answer came.
customer: u guys answered in 40 seconds at 2am, respect 🫡
bot: Thank you! I'm a bot, so I was awake anyway. Was everything solved?
customer: yep, all good, night 🌙`,
    ],
    afterwards: ['Just saw the new version. Wow.', 'Greetings from a happy customer 👋'],
  },
  {
    word: 'outage',
    urgency: 'urgent',
    pages: [['Status of the service', 'status']],
    plays: [
      `subject: Is the service down?
summary: Gets {code} on every page, in the middle of an exam.
note: Part of the outage of that morning, 09:12 to 09:55 UTC. Credit of one day given.
customer: down for anyone else? getting {code} on every page
bot: There is a disturbance since 09:12 UTC and we are working on it. The status page is updated every ten minutes.
customer: how long? we're in the middle of an exam with 30 students
agent: {first}, pages already open keep working and are saved on the device. Please ask them not to reload. We expect to be back in 20 minutes.
customer: ok nobody reloads. tense but fine
agent: Back since 09:55. Everything written meanwhile is being sent up now.
customer: All 30 there. You owe me a grey hair, but thank you.`,
      `subject: App is slow today
summary: Slow pages; a colleague at the next desk has none.
customer: app is sooo slow today
bot: I see normal times from here. Could you run the check at https://status.example.com/me and tell me the number it shows?
customer: 4820 ms. colleague next to me has 90
bot: Then it's the way from your computer. Is a VPN on?
customer: …it is on, via Singapore. I'm in {city}. ok bye 🙈`,
    ],
    afterwards: [
      'It is slow again, about ten seconds a page.',
      'Back to normal here. Thanks for being open about it.',
      'Will there be a report on what happened?',
    ],
  },
  {
    word: 'shared-by-mistake',
    urgency: 'urgent',
    pages: [['Links and who can open them', 'notes/links']],
    plays: [
      `subject: Shared the wrong notebook
summary: Sent a public link of a private notebook to a client. Wants to know who opened it.
note: Link had been opened once, by the sender. Nothing left the house.
customer: I sent a client the link to my SALARY notebook instead of the offer. Can you kill the link? Please??
bot: Open the notebook, choose **Share → Stop sharing**. The link stops working at once, for everybody.
customer: done done done. did they see it?
agent: Hi {first}. The link was opened once, from your own laptop, two minutes after it was made. Nobody else. You may exhale.
customer: exhaling. can I make links ask for a password in future?
agent: Yes, Share → Protect. I'd suggest that for anything with numbers in it.
customer: Will do. Thank you, you saved my week.`,
      `subject: Comments visible to our client
summary: Internal comments were visible on a page shared with a client; hidden since.
note: Client had not scrolled that far, says the log. Not told so in writing.
customer: our client can see our comments on the offer. including the one that says "they will never pay this". please tell me they can't
bot: People with a link see comments unless you switch that off: **Share → Hide comments**. It works at once, also for pages that are open.
customer: off. is there a log of what they looked at?
agent: Hi {first}. They opened the page on {weekday} and read the first screen. Your comment is on the fourth.
customer: I will never write a comment again. Thank you.
agent: Or only nice ones.`,
    ],
    afterwards: ['Can I see afterwards who opened a link?', 'All good now, thanks again.'],
  },
  {
    word: 'lost-notebook',
    urgency: 'high',
    pages: [['Find a notebook again', 'notes/find']],
    plays: [
      `subject: Notebook gone
summary: A notebook was dragged somewhere and is not to be found.
customer: notebook gone after i dragged it somewhere. no idea where. it was called "Recipes (do not lose)"
bot: It is inside the notebook "Taxes", under "2019". Dragging onto another notebook moves it inside.
customer: 😳 found. irony noted`,
      `subject: Bin emptied too early
summary: Emptied the bin and threw away the minutes of {company} with it.
note: Restored from the bin’s own 30 days. Nothing missing, 14 pages.
customer: I emptied the bin. The minutes of our general meeting were in the bin. Why were they in the bin? I don't know. Are they gone?
bot: Emptying hides things for 30 days before they are erased. A colleague can bring them back; which notebook is it?
customer: "AGM minutes", 14 pages, {company}
agent: They're back where they were, {first}, all 14. It says that they were moved to the bin on {weekday} by "Board tablet".
customer: The board has some explaining to do. Thank you!`,
    ],
    afterwards: [
      'It has disappeared once more. I touched nothing, I promise.',
      'Can I lock a notebook so that nobody can move it?',
      'Found, thanks. It was where you said.',
    ],
  },
  {
    word: 'app-store',
    urgency: 'low',
    pages: [['Where the apps are available', 'apps/countries']],
    plays: [
      `subject: App not available in my country
summary: Cannot find the app in the store of the country they moved to.
customer: Your app isn't in the store here. I moved last month, before that it was there.
bot: The store shows apps for the country of your store account, which may still be the old one. Which country is set there?
customer: The new one. And the app is not there.
agent: You're right: it's missing there because of a form we filled in late. It should appear by {later}. Until then app.example.com can be added to the home screen and works offline too.
customer: Home screen trick works surprisingly well, thanks`,
      `subject: Is there a Linux app?
summary: Asked for an app on Linux.
customer: is there a linux app
bot: Yes, as AppImage and Flatpak: https://app.example.com/linux. It is looked after by two people who love it very much.
customer: tell them it shows 👏`,
    ],
    afterwards: [
      'It shows up in the store now, thank you.',
      'Still not there. Is the date you gave me still right?',
      'Does the web version get the same updates?',
    ],
  },
  {
    word: 'pen-pairing',
    urgency: 'normal',
    pages: [['Pair and adjust a pen', 'device/pen']],
    plays: [
      `subject: Pen writes with an offset
summary: New pen writes about 3 mm beside the tip.
customer: My new pen writes 3 mm to the left of where I point. It's like writing in a dream.
bot: Let's adjust it: **Settings → Pen → Adjust**, then touch the four crosses slowly, holding the pen as you usually do.
customer: Better but still off in the corner top right
agent: {first}, is there a magnet near that corner? A cover, a phone holder, a loudspeaker?
customer: THE FRIDGE. I lean it against the fridge. unbelievable
agent: Your fridge is strong, then. Away from it, adjust once more, and you should be fine.
customer: fine indeed`,
      `subject: Pen does not pair
summary: Pen is not found, its light blinks red.
customer: pen not found, light blinks red
bot: Red means the battery is nearly empty. Charge it for 15 minutes on the side of the pad; after that it should pair by itself.
customer: yep was empty. first time in a year, wow`,
    ],
    afterwards: [
      'Offset is back, without a fridge this time.',
      'Do you sell softer tips?',
      'Writes like new, thanks.',
    ],
  },
];
