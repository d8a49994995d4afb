// Conversations, users and projects are uuids here, and the service takes anything else for a mistake in the question.

/** Any version: which ones it makes tomorrow is its own affair. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
