// The things a provider may be able to do, and how well it can.

export const VERBS = [
  'CONVERSATION_LIST',
  'CONVERSATION_GET',
  'CONVERSATION_CREATE',
  'CONVERSATION_GET_OR_CREATE',
  'CONVERSATION_UPDATE',
  'CONVERSATION_DELETE',
  'MESSAGE_LIST',
  'MESSAGE_GET',
  'MESSAGE_SEND',
] as const;
export type Verb = (typeof VERBS)[number];

export type Support = 'NATIVE' | 'EMULATED' | 'NONE';
