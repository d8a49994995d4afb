// What the public pages leave open about Chatling, each as a position an emulator can be set to.
// The default is the position best supported by documents and by field lists taken from live answers.

export interface Switches {
  /** Whether messages carry `id`: documented and needed for rating, yet missing from every sample. */
  readonly messageIds: boolean;
  /** Whether a chat answer carries `message_id`: only a third party's catalogue lists it. */
  readonly chatMessageId: boolean;
  /** Whether conversations carry `conversation_type`: only a third party's catalogue lists it. */
  readonly conversationType: boolean;
  /** Which date `date_desc` means is not said; `own` is a stable order that follows no date at all. */
  readonly sortBy: 'created' | 'activity' | 'own';
  /** `archived` and `important` are booleans in the prose and 0/1 in every sample. */
  readonly flags: 'numbers' | 'booleans';
  /** Page sizes are chosen by the service; these are the samples' and are promised nowhere. */
  readonly perPage: PageSizes;
  /** What `last_page` says of an empty list. The paging words are Laravel's, which says 1. */
  readonly lastPageOfEmpty: 0 | 1;
  /** Only the 429 body is documented: the same envelope for every refusal, or Laravel's own bodies and codes. */
  readonly errors: 'plain' | 'laravel';
  /** What chatting in a conversation nobody knows does: 404, or a new conversation under an id of its own. */
  readonly unknownConversation: 'refuse' | 'create';
  /** One documented sample has no offset; `mixed` leaves it out on about every third row. */
  readonly timestamps: 'offset' | 'mixed';
  /** How a conversation without a contact shows it: nothing says, null is the guess. */
  readonly missingContact: 'null' | 'absent';
  /** Whether writing `contact_id: null` unlinks: the page types it as a string and says no more. */
  readonly contactNull: 'refuse' | 'clear';
  /** What the API answers without AI credits is unknown; here 402 with the sentence widget users see. */
  readonly credits: 'enough' | 'exhausted';
  /** Whether conversations held over WhatsApp are in the list beside the widget's. */
  readonly whatsapp: 'listed' | 'hidden';
  /** Calls a key may make in one window of a minute; documented as 300. */
  readonly callsPerMinute: number;
}

export interface PageSizes {
  readonly conversations: number;
  readonly messages: number;
  readonly contacts: number;
}

export type SwitchOptions = Partial<Omit<Switches, 'perPage'>> & {
  readonly perPage?: Partial<PageSizes>;
};

export function setSwitches({ perPage, ...set }: SwitchOptions): Switches {
  return {
    messageIds: true,
    chatMessageId: true,
    conversationType: true,
    sortBy: 'created',
    flags: 'numbers',
    lastPageOfEmpty: 1,
    errors: 'plain',
    unknownConversation: 'refuse',
    timestamps: 'offset',
    missingContact: 'null',
    contactNull: 'refuse',
    credits: 'enough',
    whatsapp: 'listed',
    callsPerMinute: 300,
    ...set,
    perPage: { conversations: 5, messages: 15, contacts: 25, ...perPage },
  };
}
