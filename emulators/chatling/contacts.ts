// Contacts: the leads of one chatbot. They are written with one set of names and read back with another, and never edited.

import type { EmulatorAnswer } from '../emulator.ts';
import { isRecord } from '../emulator.ts';
import { sortedPage } from './pages.ts';
import { done, success } from './refusals.ts';
import type { Ask, Route, World } from './routes.ts';
import { shownContact } from './shown.ts';
import type { ContactRow } from './store.ts';

const WRITABLE = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'job_title',
  'company_name',
  'website_url',
  'industry',
  'address',
  'city',
  'state',
  'postal_code',
  'country',
];

export function contactRoutes(world: World): Route[] {
  const { store, switches, refuse } = world;

  function withContact(answer: (contact: ContactRow) => EmulatorAnswer): Route['answer'] {
    return ({ ids: [chatbotId, contactId = ''] }) => {
      const contact = store.contacts.get(contactId);
      return contact?.chatbot_id === chatbotId && contact
        ? answer(contact)
        : refuse.notFound('Contact');
    };
  }

  return [
    {
      method: 'GET',
      pattern: '/chatbots/*/contacts',
      answer: (ask) =>
        sortedPage(world, ask, {
          name: 'contacts',
          perPage: switches.perPage.contacts,
          rows: [...store.contacts.values()].filter((row) => row.chatbot_id === ask.ids[0]),
          show: (row) => shownContact(row, switches),
        }),
    },
    { method: 'POST', pattern: '/chatbots/*/contacts', answer: (ask) => create(world, ask) },
    {
      method: 'GET',
      pattern: '/chatbots/*/contacts/*',
      answer: withContact((row) => success(shownContact(row, switches))),
    },
    {
      method: 'DELETE',
      pattern: '/chatbots/*/contacts/*',
      answer: withContact(({ id }) => {
        store.contacts.delete(id);
        // Undocumented; a link to nobody would be worse than none.
        for (const conversation of store.conversations.values()) {
          if (conversation.contact_id === id) conversation.contact_id = null;
        }
        return done();
      }),
    },
  ];
}

function create(
  { rows, refuse, clock }: World,
  { ids: [chatbotId = ''], body: { properties } }: Ask,
): EmulatorAnswer {
  if (!isRecord(properties)) {
    return refuse.invalid({ properties: 'The properties must be an object.' });
  }
  const kept: Record<string, string> = {};
  for (const name of WRITABLE) {
    const value = properties[name];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value !== 'string') {
      return refuse.invalid({ [`properties.${name}`]: `The ${name} must be a string.` });
    }
    kept[name] = value;
  }
  if (Object.keys(kept).length === 0) {
    return refuse.invalid({ properties: 'At least one contact property is required.' });
  }
  return success({ id: rows.makeContact(chatbotId, kept, clock()).id });
}
