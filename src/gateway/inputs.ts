// What a client may not say: judged before any provider is asked, each mistake by its path and with its mend.

import { FILTER_FIELDS, type FilterField } from '../domain/conversation.ts';
import { type Failure, type Issue, invalid, type Outcome, success } from '../domain/failure.ts';
import { decodeId, type ProviderName } from '../domain/ids.ts';
import type { CardContent, MessageContent, MessageKind } from '../domain/message.ts';
import type { MessageRole } from '../domain/participant.ts';
import type { Tag } from '../domain/tag.ts';
import type { Verb } from '../domain/verb.ts';
import type { Provider } from '../providers/provider.ts';
import type { FilterAsked } from './lists/pages.ts';

export const MAX_PAGE = 100;

/** The shortest bound among the providers': Botpress takes 500 characters. */
const MAX_TAG_CHARACTERS = 500;
/** Botpress' bound for a channel and a message type. */
const MAX_WORD_CHARACTERS = 200;

export function pageIssues(first: number): Issue[] {
  if (Number.isInteger(first) && first >= 0 && first <= MAX_PAGE) return [];
  const message = `must be from 0 to ${MAX_PAGE}; ask for more with after: pageInfo.endCursor.`;
  return [{ path: 'first', message }];
}

export function tagIssues(tags: readonly Tag[], path: string): Issue[] {
  const seen = new Set<string>();
  return tags.flatMap(({ key, value }, index) => {
    const issues = keyIssues(key, `${path}.${index}.key`);
    if (seen.has(key)) {
      issues.push({
        path: `${path}.${index}.key`,
        message: `'${key}' is given twice; give it once.`,
      });
    }
    seen.add(key);
    if (value === '') {
      const message = 'must not be empty; leave the value out, or remove the tag.';
      issues.push({ path: `${path}.${index}.value`, message });
    }
    return [...issues, ...lengthIssues(value ?? '', MAX_TAG_CHARACTERS, `${path}.${index}.value`)];
  });
}

/** Those not named stay as they are, so one that is named must be told what is to become of it. */
export function tagChangeIssues(
  changes: { readonly set: readonly Tag[]; readonly remove: readonly string[] } | undefined,
): Issue[] {
  if (!changes) return [];
  const { set, remove } = changes;
  const both = remove.findIndex((key) => set.some((tag) => tag.key === key));
  return [
    ...(set.length === 0 && remove.length === 0
      ? [{ path: 'tags', message: 'give at least one tag to set or remove.' }]
      : []),
    ...tagIssues(set, 'tags.set'),
    ...remove.flatMap((key, index) => keyIssues(key, `tags.remove.${index}`)),
    ...(both >= 0
      ? [
          {
            path: `tags.remove.${both}`,
            message: `'${remove[both]}' is also in tags.set; choose one.`,
          },
        ]
      : []),
  ];
}

function keyIssues(key: string, path: string): Issue[] {
  if (key.trim() === '') return [{ path, message: 'must not be empty; name the tag.' }];
  return lengthIssues(key, MAX_TAG_CHARACTERS, path);
}

export function wordIssues(word: string | undefined, path: string): Issue[] {
  if (word === undefined) return [];
  if (word.trim() === '') return [{ path, message: 'must not be empty; leave it out instead.' }];
  return lengthIssues(word, MAX_WORD_CHARACTERS, path);
}

export function textIssues(text: string | undefined, path: string): Issue[] {
  return text !== undefined && text.trim() === ''
    ? [{ path, message: 'must not be empty; write at least one character.' }]
    : [];
}

export function contentIssues(content: MessageContent | undefined): Issue[] {
  switch (content?.type) {
    case 'text':
      return textIssues(content.text, 'content.text');
    case 'markdown':
      return textIssues(content.markdown, 'content.markdown');
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return [
        ...urlIssues(content.url, `content.${content.type}.url`),
        ...blankIssues(content, ['title'], `content.${content.type}`),
      ];
    case 'location':
      return [
        ...rangeIssues(content.latitude, 90, 'content.location.latitude'),
        ...rangeIssues(content.longitude, 180, 'content.location.longitude'),
        ...blankIssues(content, ['address', 'title'], 'content.location'),
      ];
    case 'choice':
      return [
        ...textIssues(content.text, 'content.choice.text'),
        ...someIssues(content.options, 'content.choice.options'),
        ...content.options.flatMap((option, index) =>
          blankIssues(option, ['label', 'value'], `content.choice.options.${index}`),
        ),
      ];
    case 'card':
      return cardIssues(content, 'content.card');
    case 'carousel':
      return [
        ...someIssues(content.cards, 'content.carousel'),
        ...content.cards.flatMap((card, index) => cardIssues(card, `content.carousel.${index}`)),
      ];
    default:
      return [];
  }
}

function cardIssues(card: CardContent, path: string): Issue[] {
  return [
    ...blankIssues(card, ['title', 'subtitle'], path),
    ...(card.imageUrl === null ? [] : urlIssues(card.imageUrl, `${path}.imageUrl`)),
    ...card.actions.flatMap((action, index) =>
      blankIssues(action, ['action', 'label', 'value'], `${path}.actions.${index}`),
    ),
  ];
}

/** What is null was not given. */
function blankIssues<Field extends string>(
  given: Readonly<Record<Field, string | null>>,
  fields: readonly Field[],
  path: string,
): Issue[] {
  return fields.flatMap((field) => textIssues(given[field] ?? undefined, `${path}.${field}`));
}

function someIssues(list: readonly unknown[], path: string): Issue[] {
  return list.length > 0 ? [] : [{ path, message: 'must not be empty; give at least one.' }];
}

function rangeIssues(degrees: number, most: number, path: string): Issue[] {
  return Math.abs(degrees) <= most
    ? []
    : [{ path, message: `must be from -${most} to ${most} degrees.` }];
}

export function urlIssues(url: string, path: string): Issue[] {
  // Whatever draws the message may follow it: a javascript: URL is a program in somebody else's page.
  if (/^https?:/i.test(url) && URL.canParse(url)) return [];
  return [{ path, message: 'must be a whole URL that begins with http: or https:.' }];
}

export function filterIssues(filter: FilterAsked, known: readonly ProviderName[]): Issue[] {
  const names = (filter.providers ?? []).flatMap((name, index) =>
    known.some((provider) => provider === name)
      ? []
      : [unknownProvider(name, `filter.providers.${index}`, known)],
  );
  const empty = (['providers', 'status'] as const)
    .filter((field) => filter[field]?.length === 0)
    .map((field) => ({
      path: `filter.${field}`,
      message: 'must name at least one; leave it out for all.',
    }));
  const { createdAfter, createdBefore } = filter;
  const backwards =
    createdAfter && createdBefore && createdAfter > createdBefore
      ? [{ path: 'filter.createdAfter', message: 'must not be later than createdBefore.' }]
      : [];
  return [
    ...names,
    ...empty,
    ...backwards,
    ...tagIssues(filter.tags ?? [], 'filter.tags'),
    ...wordIssues(filter.channel, 'filter.channel'),
    ...wordIssues(filter.contactId, 'filter.contactId'),
  ];
}

export function unknownProvider(name: string, path: string, known: readonly ProviderName[]): Issue {
  return {
    path,
    message: `there is no provider '${name}' here; those configured are ${known.join(', ')}.`,
  };
}

/** Which fields of a filter were asked for. */
export function fieldsAsked(filter: FilterAsked): FilterField[] {
  return FILTER_FIELDS.filter((field) => {
    const value = filter[field];
    if (field === 'search') return typeof value === 'string' && value.trim() !== '';
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
}

/** A contact is named by its global id or by the provider's own; a global id says which provider it is at. */
export function contactOf(
  said: string,
  path: string,
  at?: ProviderName,
): Outcome<{ readonly nativeId: string; readonly provider: ProviderName | undefined }> {
  const id = decodeId(said);
  if (!id) return success({ nativeId: said, provider: undefined });
  if (id.type !== 'Contact' && id.type !== 'Participant') {
    return invalid(path, `is the id of a ${id.type}; give the id of a Contact.`);
  }
  if (at !== undefined && id.provider !== at) {
    return invalid(path, `is a contact at ${id.provider}; give one at ${at}.`);
  }
  return success({ nativeId: id.nativeId, provider: id.provider });
}

/** A field that this provider's verb does not take is refused, never dropped. */
export function refuseFields(
  provider: Provider,
  verb: Verb,
  given: readonly string[],
  taken: readonly string[],
): Failure | undefined {
  const field = given.find((name) => !taken.includes(name));
  if (field === undefined) return undefined;
  const takes = taken.length > 0 ? `it takes ${taken.join(', ')}` : 'it takes none of these fields';
  return unsupportedBy(
    provider,
    verb,
    `${field} cannot be given to ${provider.name} (${provider.kind}): ${takes}. Leave ${field} out.`,
  );
}

/** What a message is said to be, where this provider's verb takes no such thing. `where` tells it from others in one input. */
export function refuseNature(
  asked: {
    readonly provider: Provider;
    readonly verb: Verb;
    readonly where?: string;
  },
  nature: {
    readonly as?: MessageRole | undefined;
    readonly kind?: MessageKind | undefined;
    readonly content?: MessageContent | undefined;
  },
  takes: {
    readonly roles: readonly MessageRole[];
    readonly kinds: readonly MessageKind[];
    readonly contentKinds?: readonly MessageContent['type'][];
  },
): Failure | undefined {
  const { provider, verb, where = '' } = asked;
  const { as, kind, content } = nature;
  const { roles, kinds, contentKinds = [] } = takes;
  const at = `${where}${provider.name} (${provider.kind})`;
  const unsupported = (note: string) => unsupportedBy(provider, verb, `${at} ${note}`);
  if (as !== undefined && !roles.includes(as)) {
    return unsupported(`cannot write as ${as}; write as ${roles.join(' or ')}.`);
  }
  if (kind !== undefined && !kinds.includes(kind)) {
    return unsupported(`takes no ${kind}; it takes ${kinds.join(', ')}.`);
  }
  // What a provider's own group says in full needs no kind of ours.
  if (content && content.type !== 'unknown' && !contentKinds.includes(content.type)) {
    return unsupported(`takes no ${content.type}; it takes ${contentKinds.join(', ')}.`);
  }
  return undefined;
}

export function unsupportedBy({ name }: Provider, verb: Verb, note: string): Failure {
  return { kind: 'unsupported', provider: name, verb, note };
}

/** The group of another provider is a mistake, never ignored. */
export function optionIssues(
  provider: Provider,
  options: { readonly kind: string } | undefined,
): Issue[] {
  if (!options || options.kind === provider.kind) return [];
  const { name, kind } = provider;
  if (options.kind !== 'generic') {
    const message = `is for another kind of provider; ${name} is ${kind}. Leave it out.`;
    return [{ path: groupOf(options), message }];
  }
  const group = GROUP_OF_KIND.get(kind);
  if (group === undefined) return [];
  const message = `is for providers of your own; ${name} is ${kind}: use the group ${group} where there is one, or leave it out.`;
  return [{ path: 'providerOptions', message }];
}

/** How a client writes the group these came in. */
export function groupOf({ kind }: { readonly kind: string }): string {
  return kind === 'generic' ? 'providerOptions' : (GROUP_OF_KIND.get(kind) ?? kind);
}

/** The kinds of provider that the schema has a group for, and how it writes that. */
const GROUP_OF_KIND: ReadonlyMap<string, string> = new Map([
  ['botpress', 'botpress'],
  ['chatling', 'chatling'],
  ['chatbotkit', 'chatBotKit'],
  ['stack-auth', 'stackAuth'],
]);

function lengthIssues(text: string, most: number, path: string): Issue[] {
  return text.length > most
    ? [{ path, message: `must be at most ${most} characters; it has ${text.length}.` }]
    : [];
}
