// Takes credentials out of a provider's own object, so that it can be shown as it came in all else.

const REDACTED = '«redacted»';
const TOO_DEEP = '«too deep»';

/** Deeper than any provider's own; what is below has not been looked at, and is not shown. */
const MAX_LEVELS = 64;

/**
 * The same value without credentials: whatever stands under a key that is named like one, and in any text what looks
 * like one. Done again, nothing changes.
 */
export function redacted(value: unknown): unknown {
  return redactedAt(value, MAX_LEVELS);
}

function redactedAt(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return withoutCredentials(value);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((inner: unknown) => redactedAt(inner, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [
      key,
      isHidden(key, inner) ? REDACTED : redactedAt(inner, levels - 1),
    ]),
  );
}

/** A yes, a no or a nothing under such a key tells no secret, and neither does a number of tokens. */
function isHidden(key: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return false;
  const words = wordsOf(key);
  if (!namesCredential(words)) return false;
  return !(namesTokens(words) && isCount(value, MAX_LEVELS));
}

function namesTokens(words: readonly string[]): boolean {
  return words.some((word) => COUNTED.test(word));
}

/** What an AI reads and writes is counted in these, one by one or by kind: `tokens: { input: 12, output: 3 }`. */
const COUNTED = /tokens?$/;

function isCount(value: unknown, levels: number): boolean {
  if (typeof value === 'number' || value === null) return true;
  if (typeof value !== 'object' || levels === 0) return false;
  return Object.entries(value).every(([key, inner]: [string, unknown]) => {
    const words = wordsOf(key);
    // A number under another credential's name is hidden, and what holds it is then no count.
    return (namesTokens(words) || !namesCredential(words)) && isCount(inner, levels - 1);
  });
}

function namesCredential(words: readonly string[]): boolean {
  if (ABOUT_ONE.has(words.at(-1) ?? '')) return false;
  return words.some(
    (word, index) =>
      CREDENTIAL.test(word) || (/^keys?$/.test(word) && KEY_OF.has(words[index - 1] ?? '')),
  );
}

/** Also written in one, as in `accesstoken`. */
const CREDENTIAL =
  /(?:token|secret|password|passwd|pwd|passphrase|authorization|cookie|credential|jwt|apikey|privatekey)s?$/;

/** Other keys are names of things: an API key is none. */
const KEY_OF: ReadonlySet<string> = new Set([
  'api',
  'private',
  'access',
  'auth',
  'signing',
  'encryption',
  'service',
  'user',
]);

/** With one of these at its end a name is about a credential, as `tokenCount` and `secretId` are, and holds none. */
const ABOUT_ONE: ReadonlySet<string> = new Set([
  'count',
  'usage',
  'limit',
  'budget',
  'type',
  'id',
  'ids',
  'name',
  'at',
  'in',
  'ttl',
  'expiry',
]);

/** The words of a name, however they are joined: `apiKey`, `API_KEY`, `x-api-key`. */
function wordsOf(name: string): string[] {
  return name
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .map((word) => word.toLowerCase().replace(/(?<!\d)\d+$/, ''))
    .filter((word) => word !== '');
}

// Anybody may have written the text: each of these reads it once, however long it is.

/** Three parts, the first of them an object of JSON in base64. */
const JWT = /(?<![\w-])ey[AJ][\w-]+\.[\w-]+\.[\w-]*/g;
/** Keys of the four services, which begin with their kind. A word such as `sk-SK` is shorter. */
const PREFIXED = /(?<![\w-])(?:sk-|oaac-|oart-|bp_[a-z]+_|(?:pck|ssk|sak)_)[\w-]{8,}/g;
/** As a header has it; in other spellings only what is longer than a word. */
const BEARER = /\b(Bearer\s+)[\w.~+/=-]+|\b((?:bearer|BEARER)\s+)[\w.~+/=-]{16,}/g;
const USER_AT = /\/\/([^\s/?#]*)@/g;
const PARAMETER = /([?&#])([^\s=?&#]+)=([^\s&#"'<>]+)/g;

function withoutCredentials(text: string): string {
  return text
    .replace(JWT, REDACTED)
    .replace(PREFIXED, REDACTED)
    .replace(
      BEARER,
      (_, header: string | undefined, other: string) => `${header ?? other}${REDACTED}`,
    )
    .replace(USER_AT, (whole, user: string) => (user.includes(':') ? `//${REDACTED}@` : whole))
    .replace(PARAMETER, (whole, mark: string, name: string) =>
      namesCredential(wordsOf(name)) ? `${mark}${name}=${REDACTED}` : whole,
    );
}
