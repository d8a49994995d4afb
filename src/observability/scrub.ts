// Takes credentials out of text by their value, in whatever dress: what is about to leave the process is looked at once more,
// whoever wrote it. The second of two nets: docs/decisions/0023-two-nets-under-the-log.md

const REDACTED = '«redacted»';

/** Whatever is shorter is no credential, and would tear holes into every line. */
const SHORTEST = 6;

/** The same text without any of these, nor any that is a credential by its looks. */
export function scrubberOf(secrets: Iterable<string>): (text: string) => string {
  const dresses = new Set([...secrets].filter(isLong).flatMap(dressesOf));
  if (dresses.size === 0) return withoutLookalikes;
  // The longest first: where one begins with another, its end would stay behind.
  const longestFirst = [...dresses].toSorted((one, other) => other.length - one.length);
  const known = new RegExp(longestFirst.map(escaped).join('|'), 'g');
  return (text) => withoutLookalikes(text.replace(known, REDACTED));
}

/** What was presented to this gateway is nowhere written down: a key of ours and a JWT are known by their shape. */
const LOOKALIKES =
  /\bplk_[\w-]{6,}|(?<![\w-])ey[AJ][\w-]{10,}\.[\w-]+\.[\w-]*|\b[Bb]earer +[\w.~+/=-]{6,}/g;

function withoutLookalikes(text: string): string {
  return text.replace(LOOKALIKES, REDACTED);
}

function isLong(secret: string): boolean {
  return secret.length >= SHORTEST;
}

/** As itself, as JSON writes it, as addresses do, and in base64, wherever in the encoded text it begins. */
function dressesOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inAddress = encodeURIComponent(secret);
  const inForm = new URLSearchParams({ _: secret }).toString().slice(2);
  return [secret, inJson, inAddress, inForm, ...[0, 1, 2].flatMap((at) => encodedAt(secret, at))];
}

/** What its middle looks like in base64 behind so many other bytes: the edges depend on its neighbours. */
function encodedAt(secret: string, bytesBefore: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(bytesBefore), Buffer.from(secret)]);
  const from = Math.ceil((bytesBefore * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);
  const middle = bytes.toString('base64').slice(from, to);
  return middle.length < SHORTEST ? [] : [middle, middle.replaceAll('+', '-').replaceAll('/', '_')];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
