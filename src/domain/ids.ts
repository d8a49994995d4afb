// Names and global ids. A global id is opaque to clients and carries type, provider and the provider's own ids.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The name an account was given in the config. */
export type ProviderName = Branded<'ProviderName'>;

export function providerName(text: string): ProviderName {
  return text as ProviderName;
}

/** One account under one credential: what is remembered of it is never another's, nor its own under another credential. */
export type AccountScope = Branded<'AccountScope'>;

/** The fingerprint says nothing of the credential, and differs where the credential does. */
export function accountScope(name: ProviderName, fingerprint: string): AccountScope {
  return `${name}:${fingerprint}` as AccountScope;
}

/** Whose scope it is. A fingerprint has no colon in it. */
export function accountIn(scope: AccountScope): ProviderName {
  return providerName(scope.slice(0, scope.lastIndexOf(':')));
}

export interface ConversationRef {
  readonly provider: ProviderName;
  /** The provider's own id. */
  readonly nativeId: string;
}

export interface MessageRef {
  readonly conversation: ConversationRef;
  readonly nativeId: string;
}

/** What a global id says, by type. A message carries its conversation because most providers need both. */
export type GlobalId =
  | { readonly type: 'Provider'; readonly provider: ProviderName }
  | { readonly type: 'Conversation'; readonly conversation: ConversationRef }
  | { readonly type: 'Message'; readonly message: MessageRef }
  | { readonly type: 'Contact'; readonly provider: ProviderName; readonly nativeId: string }
  | { readonly type: 'Participant'; readonly provider: ProviderName; readonly nativeId: string };

export function encodeId(id: GlobalId): string {
  const parts = [id.type, ...partsOf(id)].map(encodeURIComponent);
  return Buffer.from(parts.join(':')).toString('base64url');
}

/** Undefined for whatever `encodeId` would not have written, other spellings of a good id included. */
export function decodeId(text: string): GlobalId | undefined {
  // Longer than any that a provider gives, and than some would take in an address.
  if (text.length > MOST_CHARACTERS) return undefined;
  const id = readParts(Buffer.from(text, 'base64url').toString('utf8'));
  return id && encodeId(id) === text ? id : undefined;
}

const MOST_CHARACTERS = 4096;

function partsOf(id: GlobalId): string[] {
  switch (id.type) {
    case 'Provider':
      return [id.provider];
    case 'Conversation':
      return [id.conversation.provider, id.conversation.nativeId];
    case 'Message':
      return [
        id.message.conversation.provider,
        id.message.conversation.nativeId,
        id.message.nativeId,
      ];
    case 'Contact':
    case 'Participant':
      return [id.provider, id.nativeId];
  }
}

function readParts(text: string): GlobalId | undefined {
  const [type, name, first, second, ...rest] = text.split(':').map(decodePart);
  if (!name || rest.length > 0) return undefined;
  const provider = providerName(name);
  if (type === 'Provider') return { type, provider };
  if (!first) return undefined;
  switch (type) {
    case 'Conversation':
      return { type, conversation: { provider, nativeId: first } };
    case 'Contact':
    case 'Participant':
      return { type, provider, nativeId: first };
    case 'Message':
      if (!second) return undefined;
      return {
        type,
        message: { conversation: { provider, nativeId: first }, nativeId: second },
      };
    default:
      return undefined;
  }
}

/** Empty for a part that no provider would have given. */
function decodePart(part: string): string {
  try {
    const text = decodeURIComponent(part);
    // In an address these would climb out of the folder the id belongs in, however they are escaped.
    return /(?:^|[\\/])\.{1,2}(?:$|[\\/])/.test(text) ? '' : text;
  } catch {
    return '';
  }
}
