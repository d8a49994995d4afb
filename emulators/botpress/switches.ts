// What is uncertain about Botpress, each as a position one can take. The default is the newest or likelier one.

export interface Switches {
  /**
   * `current` is the wire of client 1.45; `seed` is that of API 1.70 and older pages: no messageCount, no
   * meta.created, no properties, no null tags, no upsert, pageSize ignored, currentTaskId alive.
   */
  readonly generation: 'current' | 'seed';
  /** Unknown: whether a new message changes its conversation's updatedAt. */
  readonly messageBumpsConversation: boolean;
  /** Which error body is sent: what the vendor's client reads, or what the vendor's errors page shows. */
  readonly errorShape: 'client' | 'docs';
  /** Unknown: what a tag that nobody declared meets. The agent kit is said to drop it silently. */
  readonly undeclaredTags: 'accept' | 'refuse' | 'drop';
  /** What counts as declared, keys as the bot sees them. */
  readonly declaredTags: DeclaredTags;
  /** Unknown: whether an updated payload takes the old one's place or is laid over it. */
  readonly payloadUpdate: 'replace' | 'merge';
  /** Unknown: whether several participantIds must all take part, or any. */
  readonly participantIdsMatch: 'all' | 'any';
  /** Unknown: whether writing makes a user a participant. */
  readonly writersJoin: boolean;
  /** Unknown: which one get-or-create takes where several match. */
  readonly getOrCreateTies: 'newest' | 'oldest';
  /** Unknown: what becomes of a discriminateByTags entry that has no value in `tags`. */
  readonly missingDiscriminator: 'refuse' | 'ignore';
  /** The vendor's own code expects either for a user who does not take part. */
  readonly absentParticipant: 'ResourceNotFound' | 'ReferenceNotFound';
  /** Unknown: whether an integration sees tags of the bot and of other integrations; its own it sees bare. */
  readonly foreignTags: 'hidden' | 'shown';
  /** One page of the vendor's documentation says 20. */
  readonly defaultPageSize: number;
  /** Undocumented; a larger pageSize is answered with this many. */
  readonly maxPageSize: number;
  /** No numbers are published. Announced on every answer; refused with 429 only when enforced. */
  readonly rateLimit: {
    readonly requests: number;
    readonly windowMs: number;
    readonly enforced: boolean;
  };
}

export type DeclaredTags = Readonly<Record<'conversation' | 'message' | 'user', readonly string[]>>;

export const DEFAULT_SWITCHES: Switches = {
  generation: 'current',
  messageBumpsConversation: true,
  errorShape: 'client',
  undeclaredTags: 'accept',
  declaredTags: {
    conversation: [
      'plan',
      'vip',
      'email',
      'subject',
      'urgency',
      'status',
      'crm.company',
      'webchat:id',
      'slack:id',
      'slack:thread',
      'slack:title',
      'whatsapp:botPhoneNumberId',
      'whatsapp:userPhone',
      'telegram:id',
      'gmail:id',
      'gmail:subject',
    ],
    message: [
      'agent',
      'webchat:id',
      'slack:ts',
      'slack:channelId',
      'slack:userId',
      'whatsapp:id',
      'telegram:id',
      'gmail:id',
    ],
    user: [
      'email',
      'phone',
      'vip',
      'webchat:id',
      'slack:id',
      'whatsapp:userId',
      'telegram:id',
      'gmail:id',
    ],
  },
  payloadUpdate: 'replace',
  participantIdsMatch: 'all',
  writersJoin: true,
  getOrCreateTies: 'newest',
  missingDiscriminator: 'refuse',
  absentParticipant: 'ResourceNotFound',
  foreignTags: 'hidden',
  defaultPageSize: 20,
  maxPageSize: 100,
  rateLimit: { requests: 1_000, windowMs: 1_000, enforced: false },
};
