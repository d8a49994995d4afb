// A contact found by what tells people apart, else created. Chatling has no search for one and no way to change one.

import { checked, failed, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { UpsertContact, UpsertedContact } from '../verbs.ts';
import type { WirePage } from '../wire-reading.ts';
import { type ContactProperties, FIRST_PAGE } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toContact } from './mapping.ts';
import type { WireContact } from './wire.ts';

type Does = (input: UpsertContact, call: Call) => Promise<Outcome<UpsertedContact>>;

/** How far a contact is looked for: 250 at the page size the samples show, in a thirtieth of a key's calls a minute. */
export const MOST_CONTACT_PAGES = 10;

/**
 * One at a time, so that two callers of this process do not both find nobody and both create. Somebody found is
 * UNCHANGED whatever else was given; somebody who may stand beyond the bound is not created a second time.
 */
export function contactUpserter(inbox: Inbox): Does {
  let last: Promise<unknown> = Promise.resolve();

  return (input, call) => {
    const good = checked(propertiesOf(input), issuesOf(input));
    if (!good.ok) return Promise.resolve(good);
    // Whoever waits behind a call has the same deadline as that call and began later: nobody waits past their own.
    const mine = last.then(() => upsert(inbox, good.value, call));
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function upsert(
  { account, client }: Inbox,
  properties: ContactProperties,
  call: Call,
): Promise<Outcome<UpsertedContact>> {
  let looked = 0;
  let byPhone: WireContact | undefined;
  let at: string | null = FIRST_PAGE;
  // A phone that was found settles it, unless an email is still to be looked for.
  for (let pages = 0; at !== null && !(byPhone && !properties.email); pages += 1) {
    if (pages === MOST_CONTACT_PAGES) {
      if (byPhone) break;
      return failed({
        kind: 'unsupported',
        provider: account.name,
        verb: 'CONTACT_UPSERT',
        note: `Among the ${looked} newest contacts nobody has this email or phone and there are more, so nobody was created: it might be the same person twice. Look in Chatling itself, create them there where they are missing, and use the id of the contact.`,
      });
    }
    const page: Outcome<WirePage<WireContact>> = await client.listContacts(call, at);
    if (!page.ok) return page;
    const { rows, next } = page.value;
    const byEmail = rows.find((row) => isSameEmail(row, properties));
    if (byEmail) return success({ outcome: 'UNCHANGED', contact: toContact(byEmail) });
    byPhone ??= rows.find((row) => isSamePhone(row, properties));
    looked += rows.length;
    at = next;
  }
  if (byPhone) return success({ outcome: 'UNCHANGED', contact: toContact(byPhone) });
  const created = await client.createContact(call, properties);
  if (!created.ok) return created;
  const read = await client.getContact(call, created.value);
  // It is there whether or not it can be read: a failure here would invite to create it twice.
  const { first_name, last_name, email, phone } = properties;
  const name = [first_name, last_name].filter((part) => part !== undefined).join(' ');
  const contact = toContact(read.ok ? read.value : { id: created.value, name, email, phone });
  return success({ outcome: 'CREATED', contact });
}

function isSameEmail(row: WireContact, { email }: ContactProperties): boolean {
  const address = addressOf(email);
  return address !== '' && address === addressOf(row.email);
}

/** Where both have an email that one decides: people of one household share a phone. */
function isSamePhone(row: WireContact, { email, phone }: ContactProperties): boolean {
  const digits = digitsOf(phone);
  return !(email && row.email) && digits !== '' && digits === digitsOf(row.phone);
}

function addressOf(email: string | null | undefined): string {
  return (email ?? '').trim().toLowerCase();
}

/** A number is the same one however it is spaced. */
function digitsOf(phone: string | null | undefined): string {
  return (phone ?? '').replaceAll(/\D/g, '');
}

function ownOf({ options }: UpsertContact) {
  return options?.kind === 'chatling' ? options : undefined;
}

function propertiesOf(input: UpsertContact): ContactProperties {
  const own = ownOf(input);
  const [first, ...rest] = (input.name ?? '').trim().split(/\s+/);
  const said = {
    first_name: own?.firstName ?? first,
    last_name: own?.lastName ?? rest.join(' '),
    email: input.email?.trim(),
    phone: input.phone?.trim(),
    job_title: own?.jobTitle,
    company_name: own?.companyName,
    website_url: own?.websiteUrl,
    industry: own?.industry,
    address: own?.address,
    city: own?.city,
    state: own?.state,
    postal_code: own?.postalCode,
    country: own?.country,
  };
  // What is empty is not said at all.
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}

function issuesOf(input: UpsertContact): Issue[] {
  const own = ownOf(input);
  const twice = (['firstName', 'lastName'] as const).filter(
    (field) => input.name !== undefined && own?.[field] !== undefined,
  );
  return [
    ...twice.map((field) => ({
      path: `chatling.${field}`,
      message: 'cannot be given beside name, which is split into both; give one or the other.',
    })),
    ...(input.email?.trim() || digitsOf(input.phone) !== ''
      ? []
      : [
          {
            path: 'email',
            message: 'or phone is needed: Chatling contacts are told apart by nothing else.',
          },
        ]),
  ];
}
