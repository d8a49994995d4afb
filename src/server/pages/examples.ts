// The operations GraphiQL opens with: the main job, told in tabs that run as they stand in the sandbox.

export interface ExampleTab {
  readonly query: string;
  readonly variables: string;
}

const PASTE = 'paste an id from the first tab';

export function exampleTabs(ids: ReadonlyMap<string, string>): ExampleTab[] {
  const id = (provider: string) => ids.get(provider) ?? PASTE;
  return [
    tab(INBOX, {}),
    tab(THREAD, { id: id('support') }),
    tab(FILTER, { filter: { tags: [{ key: 'plan', value: 'pro' }] } }),
    tab(UPDATE, {
      input: { id: id('support'), tags: { set: [{ key: 'seen-by', value: 'parlance' }] } },
    }),
    tab(SEND, {
      input: {
        // Of the bots, the one whose ids outlive a restart of the sandbox: browsers remember their tabs.
        conversationId: id('help'),
        text: 'Where is my parcel?',
        expectReply: true,
      },
    }),
    tab(GET_OR_CREATE, {
      input: {
        provider: 'website',
        channel: 'channel',
        tags: [{ key: 'email', value: 'ada@example.com' }],
        discriminateByTags: ['email'],
      },
    }),
    tab(LISTEN, {}),
    tab(PROVIDERS, {}),
  ];
}

function tab(query: string, variables: object): ExampleTab {
  return { query: query.trimStart(), variables: JSON.stringify(variables, null, 2) };
}

// Lines stay short: the editor has half the window, less its buttons.
const INBOX = `
# One inbox over every provider, newest first.
# Press play.
query Inbox {
  conversations(first: 12) {
    nodes {
      id
      title
      preview
      status
      sortedAt
      provider { name kind }
      tags { key value }
      messages(first: 2) {
        nodes { role text createdAt }
      }
    }
    pageInfo { hasNextPage endCursor }
    sources {
      provider { name }
      status
      error { code message }
    }
  }
}
`;

const THREAD = `
# One conversation whole,
# with what only its provider has.
query Thread($id: ID!) {
  conversation(id: $id) {
    title
    status
    priority
    assignee { name }
    contact { name email }
    native {
      ... on StackAuthConversation {
        source
        metadata { tags firstResponseAt }
        entryPoints { channelType }
      }
      ... on BotpressConversation {
        integration
        currentWorkflowId
      }
      ... on ChatBotKitConversation {
        botId
        model
        meta
      }
      ... on ChatlingConversation {
        chatbotId
        conversationType
      }
    }
    messages(first: 20) {
      nodes {
        role
        kind
        visibility
        text
        createdAt
        author { name }
      }
    }
  }
}
`;

const FILTER = `
# A filter goes to the provider where it has one;
# elsewhere rows are compared here, and "scanned"
# says how many.
query Filtered($filter: ConversationFilter) {
  conversations(first: 10, filter: $filter) {
    nodes {
      provider { name }
      title
      tags { key value }
    }
    sources {
      provider { name }
      status
      scanned
    }
  }
}
`;

const UPDATE = `
# Sets one tag and leaves every other as it is.
mutation Update($input: UpdateConversationInput!) {
  updateConversation(input: $input) {
    __typename
    ... on UpdateConversationPayload {
      conversation { tags { key value } }
      ignored
    }
    ... on Error { code message }
  }
}
`;

const SEND = `
# Asks a bot and brings its answer.
mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on SendMessagePayload {
      delivery
      # Renamed, for Error has a "message" too.
      sent: message { role text createdAt }
      reply { role text }
      usage { tokens endReason }
    }
    ... on Error { code message }
  }
}
`;

const GET_OR_CREATE = `
# The same conversation however often you press
# play; "created" is true once.
mutation GetOrCreate(
  $input: GetOrCreateConversationInput!
) {
  getOrCreateConversation(input: $input) {
    __typename
    ... on GetOrCreateConversationPayload {
      created
      conversation { id channel tags { key value } }
    }
    ... on Error { code message }
  }
}
`;

const LISTEN = `
# Messages as they come. Press play, then write
# somewhere: in the tab "Send", for one.
subscription Listen {
  messageAdded(confirm: true) {
    __typename
    # Come back with the last as "after", and what
    # was missed is told first.
    ... on Event { cursor }
    ... on MessageAdded {
      message { role text createdAt }
      conversation { title provider { name } }
    }
    ... on Gap { scope reason from to }
  }
}
`;

const PROVIDERS = `
# Who is behind this gateway, how they are,
# and what each can do.
query Providers {
  providers {
    name
    kind
    health { state since lastError { message } }
    capabilities { verb support note fields }
  }
}
`;
