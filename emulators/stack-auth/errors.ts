// The two ways the service says no: a known error, JSON with a code, and a bare status with a sentence.

export class Refusal extends Error {
  readonly status: number;
  /** Null for a bare status, whose body is the sentence alone. */
  readonly code: string | null;
  readonly details: unknown;

  constructor(status: number, code: string | null, message: string, details?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Says whose token it was and until when it held, so that a client can log it without decoding it. */
export interface ExpiredToken {
  readonly expiredAtMillis: number | null;
  readonly projectId: string | null;
  readonly userId: string | null;
  readonly refreshTokenId: string | null;
}

export const refusal = {
  status: (status: number, message: string) => new Refusal(status, null, message),
  conversationNotFound: () => new Refusal(404, null, 'Conversation not found.'),
  conversationIsAlready: (status: string) =>
    new Refusal(400, null, `Conversation is already ${status}.`),
  methodNotAllowed: () => new Refusal(405, null, 'Method not allowed'),
  /** What a bug of theirs looks like from outside. */
  stumble: () =>
    new Refusal(
      500,
      null,
      'Something went wrong. Please make sure the data you entered is correct.',
    ),

  // What was sent: unreadable, or not of the shape. The message is told twice; clients read the one in the details.
  bodyParsing: (message: string) => new Refusal(400, 'BODY_PARSING_ERROR', message),
  schema: (message: string) => new Refusal(400, 'SCHEMA_ERROR', message, { message }),

  // The header combinations. Codes and details are the wire's; the long sentences are shortened, nobody parses them.
  accessTypeRequired: () =>
    new Refusal(
      400,
      'ACCESS_TYPE_REQUIRED',
      "Name an access level: send a project key and x-hexclave-access-type 'client', 'server' or 'admin'.",
    ),
  projectKeyWithoutAccessType: () =>
    new Refusal(
      400,
      'PROJECT_KEY_WITHOUT_ACCESS_TYPE',
      "A project key was sent without x-hexclave-access-type; set it to 'client', 'server' or 'admin'.",
    ),
  invalidAccessType: (type: string) =>
    new Refusal(
      400,
      'INVALID_ACCESS_TYPE',
      `The x-hexclave-access-type header must be 'client', 'server', or 'admin', but was '${type}'.`,
    ),
  accessTypeWithoutProjectId: (type: string) =>
    new Refusal(
      400,
      'ACCESS_TYPE_WITHOUT_PROJECT_ID',
      `The x-hexclave-access-type header was '${type}', but x-hexclave-project-id was not sent.`,
      { request_type: type },
    ),
  insufficientAccessType: (actual: string, allowed: readonly string[]) =>
    new Refusal(
      401,
      'INSUFFICIENT_ACCESS_TYPE',
      `The x-hexclave-access-type header must be ${allowed.map((type) => `'${type}'`).join(' or ')}, but was '${actual}'.`,
      { actual_access_type: actual, allowed_access_types: allowed },
    ),

  // The project that calls, which is 400, unlike the project that is asked about, which is 404 below.
  currentProjectNotFound: (projectId: string) =>
    new Refusal(
      400,
      'CURRENT_PROJECT_NOT_FOUND',
      `There is no project ${projectId}; check the x-hexclave-project-id header.`,
      { project_id: projectId },
    ),
  branchDoesNotExist: (branchId: string) =>
    new Refusal(400, 'BRANCH_DOES_NOT_EXIST', `The branch with ID ${branchId} does not exist.`, {
      branch_id: branchId,
    }),
  publishableClientKeyRequired: (projectId: string) =>
    new Refusal(
      401,
      'PUBLISHABLE_CLIENT_KEY_REQUIRED_FOR_PROJECT',
      'This project wants a publishable client key; create one among its project keys.',
      { project_id: projectId },
    ),
  serverAuthenticationRequired: () =>
    new Refusal(401, 'SERVER_AUTHENTICATION_REQUIRED', 'The secret server key must be provided.'),
  adminAuthenticationRequired: () =>
    new Refusal(
      401,
      'ADMIN_AUTHENTICATION_REQUIRED',
      'The super secret admin key must be provided.',
    ),
  invalidKey: (
    kind: 'PUBLISHABLE_CLIENT' | 'SECRET_SERVER' | 'SUPER_SECRET_ADMIN',
    projectId: string,
  ) =>
    new Refusal(
      401,
      `INVALID_${kind}_KEY`,
      `The key is not valid for the project "${projectId}". Do both exist?`,
      { project_id: projectId },
    ),

  // Tokens. Only an expired one is worth a refresh.
  unparsableAccessToken: () =>
    new Refusal(401, 'UNPARSABLE_ACCESS_TOKEN', 'Access token is not parsable.'),
  accessTokenExpired: (token: ExpiredToken) =>
    new Refusal(
      401,
      'ACCESS_TOKEN_EXPIRED',
      'Access token has expired. Please refresh it and try again.',
      {
        expired_at_millis: token.expiredAtMillis,
        project_id: token.projectId,
        user_id: token.userId,
        refresh_token_id: token.refreshTokenId,
      },
    ),
  invalidProjectForAccessToken: (expected: string, actual: string) =>
    new Refusal(
      401,
      'INVALID_PROJECT_FOR_ACCESS_TOKEN',
      `Access token not valid for this project: "${expected}" was called, the token is for "${actual}".`,
      { expected_project_id: expected, actual_project_id: actual },
    ),
  anonymousNotAllowed: () =>
    new Refusal(
      401,
      'ANONYMOUS_AUTHENTICATION_NOT_ALLOWED',
      "The access token is an anonymous user's; set x-stack-allow-anonymous-user to 'true' to allow it.",
    ),
  restrictedUserNotAllowed: () =>
    new Refusal(
      403,
      'RESTRICTED_USER_NOT_ALLOWED',
      "The access token is a restricted user's; set x-stack-allow-restricted-user to 'true' to allow it.",
      { restricted_reason: { type: 'email_not_verified' } },
    ),
  refreshTokenNotFoundOrExpired: () =>
    new Refusal(
      401,
      'REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED',
      'There is no such refresh token for this project, or its session has ended.',
    ),
  invalidOAuthClient: () =>
    new Refusal(
      400,
      'INVALID_OAUTH_CLIENT_ID_OR_SECRET',
      'The client id must be the project id, the client secret a publishable client key of it.',
      { client_id: null },
    ),
  invalidAuthorizationCode: () =>
    new Refusal(400, 'INVALID_AUTHORIZATION_CODE', 'The given authorization code is invalid.'),

  // What is asked about. A project of others and one that is not there are told apart by nobody.
  projectNotFound: (projectId: string) =>
    new Refusal(
      404,
      'PROJECT_NOT_FOUND',
      `Project ${projectId} not found or is not accessible with the current user.`,
      { project_id: projectId },
    ),
  userIdDoesNotExist: (userId: string) =>
    new Refusal(
      400,
      'USER_ID_DOES_NOT_EXIST',
      `The given user with the ID ${userId} does not exist.`,
      {
        user_id: userId,
      },
    ),
  userNotFound: () => new Refusal(404, 'USER_NOT_FOUND', 'User not found.'),
};
