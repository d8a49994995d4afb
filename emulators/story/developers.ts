// Troubles of people who talk to the product by machine.

import type { Trouble } from './trouble.ts';

export const developers: readonly Trouble[] = [
  {
    word: 'rate-limit',
    urgency: 'normal',
    plans: ['pro', 'team'],
    pages: [
      ['Limits of the API', 'developers/limits'],
      ['Retry-After, and how to wait', 'developers/retry-after'],
    ],
    plays: [
      `subject: 429 on the API
summary: Runs into 429 after about 600 requests; documentation says 1,000 a minute.
note: Uploads count five times. Limit doubled until {later}, key ending in {tail}.
customer: We get 429 after ~600 calls in a minute. Docs say 1000. Which one is it?
bot: The limit is 1,000 requests a minute for each key. Uploads count five times. Do your calls include uploads?
customer: about 80 of them, yes
bot: Then 80 × 5 = 400 plus the other 600 makes 1,000: that matches what you see.
customer: ok, that is not on the limits page. or I can't read
agent: You can read, {first}; it is on the uploads page only. Fixed as of ten minutes ago. Would 2,000 help you over the migration?
customer: yes, until {later} would be great
agent: Raised until {later}, for key ending in {tail}.`,
      `subject: Retry-After: seconds or a date?
summary: Client could not read Retry-After behind a proxy.
customer: Is Retry-After in seconds or a date? Our client chokes on it.
bot: Seconds, as a whole number. A proxy in between may turn it into a date, which the standard allows.
customer: we do have a proxy. parsing both now, thanks`,
    ],
    afterwards: [
      'We see 429 again since about 03:10 UTC, with far fewer calls this time.',
      'Backing off properly now, no more errors over night. Thanks!',
      'Is there a header that tells how much is left?',
    ],
  },
  {
    word: 'broken-webhook',
    urgency: 'high',
    plans: ['pro', 'team'],
    pages: [
      ['Webhooks', 'developers/webhooks'],
      ['Verifying a signature', 'developers/webhook-signature'],
    ],
    plays: [
      `subject: Webhooks stopped arriving
summary: No webhook since {weekday}; endpoint answers 200 when tried by hand.
note: Endpoint was switched off by us after 3 days of 301. They moved to a trailing slash.
customer: No webhooks since {weekday} 14:02 UTC. Endpoint is up, curl gives 200. Nothing changed on our side.
bot: The endpoint ending in /hooks/notes was switched off after three days of redirects (301). Redirects are not followed.
customer: we changed nothing!… except the framework update that adds trailing slashes. argh
agent: That would be it. Set the address to the one with the slash and press *Enable*; I can replay what you missed, 412 events.
customer: done. please replay, slowly if possible 😬
agent: Replaying at 5 a second, oldest first. Done in about 80 seconds.
customer: all here, none twice. beautiful`,
      `subject: Webhook signature does not match
summary: One signature in fifty fails: bodies with accents are decoded too early.
customer: Signature check fails for about one webhook in fifty. Rest is fine. Secret is right, obviously.
bot: The signature is made over the raw bytes. If the body is parsed and written again before checking, some characters may change.
customer: we take the raw body. I think.
agent: Hi {first}. The failing ones, do they contain emoji or accents by any chance?
customer: …every single one. "café", "Zoë", "👩‍🚀"
agent: Then something decodes the body as latin-1 on the way. Here is what I'd look at:
\`\`\`
app.use(express.text({ type: '*/*' }))   // decodes, too early
app.use('/hooks', express.raw({ type: 'application/json' }))
\`\`\`
customer: It was exactly that line. I owe you a coffee ☕`,
    ],
    afterwards: [
      'Three more just failed, request ids are in the mail I sent.',
      'Could you replay the last hour once more?',
      'Running clean for two days now. Closing on our side.',
    ],
  },
  {
    word: 'sso-set-up',
    urgency: 'normal',
    plans: ['team'],
    pages: [
      ['Set up single sign-on', 'teams/sso'],
      ['What the error codes of SSO mean', 'teams/sso-errors'],
    ],
    plays: [
      `subject: SSO: audience does not match
summary: Setting up SAML for {company}; sign-in fails with {code}.
note: Mapped their attribute "mail" to "email" for this tenant.
customer: Trying to set up SAML for {company}. After login at our IdP we land on {code}.
bot: {code} means that the audience in the answer is not ours. It must be exactly https://app.example.com/saml/metadata, without a slash at the end.
customer: There was a slash. Now I get a different code, progress!
bot: That one says that the e-mail attribute is missing. It should be called "email".
customer: It's called "mail" here and I can't change it.
agent: Then we change it on our side, {first}. Mapped "mail" for your tenant, please try again.
customer: In! Can we force SSO for everyone now?
agent: Yes, Teams → Security → Require SSO. Keep one owner with a password, for the day your IdP is down.
customer: wise. done. thanks both of you (one of you is a bot?)`,
      `subject: Do we keep SSO on Pro?
summary: Thinks of going down a plan; Google sign-in would be enough.
customer: if we go down from team to pro, do we lose SSO
bot: No, single sign-on is part of Team. Google sign-in is included in every plan.
customer: google is enough for us actually, thanks`,
    ],
    afterwards: [
      'One colleague gets a different error, only on her iPad.',
      'The certificate of our IdP changes next month. What do we need to do?',
      'Rolled out to everybody this morning, not one ticket. 👏',
    ],
  },
  {
    word: 'export',
    urgency: 'normal',
    pages: [
      ['Export your notes', 'notes/export'],
      ['Formats', 'notes/formats'],
    ],
    plays: [
      `subject: Export stuck at 99 %
summary: Full export does not finish; about 11,000 pages with handwriting.
note: One page of 340 MB blocks the worker. Export made by hand without that page, link valid 7 days.
customer: export has been at 99% for two days
bot: Large exports may take a few hours, but not days. I've restarted it and you will get a mail.
customer: no mail. 99% again.
agent: Hello {first}, there is a single page of 340 MB in it ("attic inventory", with 1,900 photos), which the exporter can't swallow. I made the export without it, and that page separately as a PDF.
customer: the attic! of course. got both, thank you. the attic has been a problem in real life too`,
      `subject: Need everything as Markdown
summary: Writes a book; wants all notes as Markdown, with folders.
customer: Is there a way to get ALL my notes as plain Markdown, with folders, not one giant file? I am writing a book.
bot: Yes: **Settings → Export → Markdown, one file per page**. Folders become folders, and handwriting is added as SVG next to the page.
customer: And links between pages?
bot: They become relative links. Links to pages you don't own stay as they are.
customer: Exactly right. You'll be in the acknowledgements, bot.`,
    ],
    afterwards: [
      'The zip opens, but two folders are empty.',
      'How long does the download link stay valid?',
      'Got it all, thank you.',
    ],
  },
  {
    word: 'leaked-key',
    urgency: 'urgent',
    plans: ['pro', 'team'],
    pages: [['A key leaked, what now?', 'security/leaked-key']],
    plays: [
      `subject: Please revoke a key NOW
summary: Key ending in {tail} was public for about 40 minutes. Wants it revoked and the log checked.
note: Two calls from an unknown scanner, both refused (wrong scope). No data left. Incident {code}.
customer: URGENT: intern pushed our key (…{tail}) to a public repo 40 min ago. Please revoke!
bot: I have suspended the key ending in {tail}. No call with it is accepted any more. A colleague checks what it was used for.
agent: {agent} here. In those 40 minutes: 212 calls from your own servers and 2 from a scanner, both refused because the key may only write. Nothing was read.
customer: Oh thank god. Can you send that in writing, for our incident report?
agent: On its way, as incident {code}. And please be nice to the intern. It was the automated scan that found it first and you were faster than most.
customer: Intern has been given cake. New key is live, old one revoked for good. Thank you.`,
      `subject: Rotating a key without downtime
summary: Asked how to change keys while running.
customer: how do i rotate a key without downtime?
bot: Make a second key, deploy it, watch **last used** of the first until it stops moving, then revoke it. Two keys may be active at once.
customer: "last used" is a great feature. thanks`,
    ],
    afterwards: [
      'The old key still shows "last used: 2 minutes ago". Is it really off?',
      'Could you check the week before as well, to be safe?',
      'New key is everywhere now. Please revoke the old one for good.',
    ],
  },
  {
    word: 'paging-bug',
    urgency: 'low',
    plans: ['pro', 'team'],
    pages: [['Paging', 'developers/paging']],
    plays: [
      `subject: List skips entries
summary: GET /v2/pages leaves out entries that share one updated_at.
note: Reproduced with their script. It is a real bug: cursor on updated_at only.
customer: I think GET /v2/pages loses entries when they share the same updated_at. Script to reproduce: creates 30 pages in one second, walks with limit=10, gets 27.
bot: Thank you for the script. I'm passing it to the people who look after the API.
agent: Hi {first}, this is one of the best reports I've had this year. Reproduced: 27 of 30. The cursor compares times only, not time and id.
customer: Thought so. Is there something I can do meanwhile?
agent: Walk with sort=id until the fix is out, that one is exact. I'll write here when it's live.
agent: Live since this morning. Your script gets 30 of 30.
customer: Confirmed, 30. Nice turnaround!`,
      `subject: My loop never ends
summary: Walked the first page for 19 hours: the cursor was not encoded.
customer: does "next" ever end? my loop has been running since {weekday}
bot: The last page has "next": null. If yours goes on, please check that the cursor is URL-encoded: a plus sign in it would become a space, and you would start over.
customer: …I have been downloading the first page for 19 hours
customer: encoded it. finished in 40 seconds. sorry about your servers`,
    ],
    afterwards: [
      'Same behaviour on /v2/folders, by the way.',
      'Is the fix in the EU region as well?',
      'Verified on our side, thanks for the quick fix.',
    ],
  },
];
