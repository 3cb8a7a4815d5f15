// Every rejection a client can meet, in one closed table. The text of each says what happened, what to do, and
// where a vote is at stake whether it was recorded. Nothing here may depend on whether a person voted, but for the one
// code that says so after a proven phone.
type ProblemText = { readonly status: number; readonly title: string; readonly detail: string };

export const problemTable = {
  'invalid-request': {
    status: 400,
    title: 'The request is not of the right form',
    detail: 'Mend the members listed in "errors" and send it again. Nothing was recorded.',
  },
  unauthenticated: {
    status: 401,
    title: 'The token is missing, expired or not for this call',
    detail: 'Start a new session and verify the phone again. This request recorded nothing.',
  },
  'wrong-credentials': {
    status: 401,
    title: 'E-mail or password is not right',
    detail: 'Check both and log in again. The answer is the same whichever of them it was.',
  },
  'second-factor-required': {
    status: 401,
    title: 'The code of the authenticator is needed too',
    detail: 'Send the same request again with "code": the six digits that the authenticator shows, or a recovery code.',
  },
  'wrong-second-factor': {
    status: 401,
    title: 'The code of the authenticator is not right',
    detail: 'Wait for the next code and send that one: each works once. A recovery code works too, once.',
  },
  'not-admitted': {
    status: 403,
    title: 'This caller is not admitted to this call',
    detail: 'Sign the call as one of the callers that the call admits.',
  },
  'cross-site': {
    status: 403,
    title: 'This request came from another site',
    detail:
      'Open the control panel itself and do it there. Programs send a bearer token instead of a cookie. Nothing was changed.',
  },
  'role-not-allowed': {
    status: 403,
    title: 'Your role may not do this',
    detail: 'Ask an administrator to do it, or to change your role. Nothing was changed.',
  },
  'password-change-required': {
    status: 403,
    title: 'The one-time password has to be replaced',
    detail: 'Log in again with the same password and "newPassword": from then on only the new one works.',
  },
  'account-waiting': {
    status: 403,
    title: 'The account waits for approval',
    detail: 'An administrator has to approve it. Log in again after that; there is no need to register again.',
  },
  'account-suspended': {
    status: 403,
    title: 'The account is suspended',
    detail: 'Ask an administrator to lift the suspension.',
  },
  'registration-closed': {
    status: 403,
    title: 'Nobody can register at the moment',
    detail: 'Ask an administrator. No account was made.',
  },
  'invitation-required': {
    status: 403,
    title: 'A valid invitation is needed',
    detail: 'Ask an administrator for an invitation; each works once and for a limited time. No account was made.',
  },
  'not-open': {
    status: 403,
    title: 'Voting is not open',
    detail: 'This ballot was not recorded. Look at the election for its opening and closing times.',
  },
  'not-eligible': {
    status: 403,
    title: 'This number is not on the roll of this election',
    detail: 'This ballot was not recorded. Ask the organiser of the election if you believe that you are on the roll.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address',
    detail: 'Check the path against /openapi.json.',
  },
  'election-not-found': {
    status: 404,
    title: 'There is no such election',
    detail: 'GET /v1/elections lists the elections.',
  },
  'participant-not-found': {
    status: 404,
    title: 'There is no such participant',
    detail: 'GET /v1/participants lists the participants.',
  },
  'user-not-found': {
    status: 404,
    title: 'There is no such user',
    detail: 'GET /v1/users lists the users.',
  },
  'invitation-not-found': {
    status: 404,
    title: 'There is no such invitation',
    detail: 'It was used, withdrawn or is over. GET /v1/invitations lists those that hold.',
  },
  'batch-not-found': {
    status: 404,
    title: 'There is no such batch',
    detail: 'GET /v1/batches lists your batches. If you uploaded the file, send it again: nothing is counted twice.',
  },
  'results-not-published': {
    status: 404,
    title: 'This document has not been published yet',
    detail: 'Results appear here when the organiser publishes them, after closing.',
  },
  'results-not-counted': {
    status: 404,
    title: 'The results have not been counted yet',
    detail: 'Count them once the election is closed: POST /v1/elections/{electionId}/count.',
  },
  'already-recorded': {
    status: 409,
    title: 'A ballot is already recorded',
    detail:
      'A ballot for this voter or phone was recorded before, and the first one stands. This ballot was not recorded.',
  },
  'email-taken': {
    status: 409,
    title: 'There is an account with this e-mail address',
    detail: 'Log in with it, or register with another address. No account was made.',
  },
  'identity-taken': {
    status: 409,
    title: 'There is an account with this national id',
    detail: 'One person has one account: log in with that one, or ask an administrator. No account was made.',
  },
  'last-administrator': {
    status: 409,
    title: 'This is the last administrator',
    detail: 'Make another user an administrator first. Nothing was changed.',
  },
  'not-drained': {
    status: 409,
    title: 'Not everything that was sent has arrived in the ballot box',
    detail:
      'See "errors" for what is missing and what to do, then count again. Nothing was counted and nothing is lost.',
  },
  'tie-open': {
    status: 409,
    title: 'A tie is not decided',
    detail:
      'Decide it by lot (POST /v1/elections/{electionId}/lots), or publish with "acceptOpenTies". Nothing was published.',
  },
  conflict: {
    status: 409,
    title: 'This contradicts what is already there',
    detail: 'Look at the present state and decide again. Nothing was changed.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    detail: 'Send a smaller body. Nothing was recorded.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not of a type that this call reads',
    detail: 'Send application/json. Nothing was recorded.',
  },
  'invalid-identity': {
    status: 422,
    title: 'The identity number is not of the right form',
    detail: 'Check the number, its check digit included, and send it again.',
  },
  'weak-password': {
    status: 422,
    title: 'The password would be guessed',
    detail: 'Choose another one of 12 to 128 characters, such as four unrelated words. Nothing was changed.',
  },
  'invalid-phone': {
    status: 422,
    title: 'The phone number is not a number that can be texted',
    detail: 'Send it with its country code, such as +85261234567.',
  },
  'method-not-offered': {
    status: 422,
    title: 'This election does not offer this way to verify',
    detail: 'Choose one of the methods that the election lists.',
  },
  'wrong-code': {
    status: 422,
    title: 'The code is not right',
    detail: 'Compare it with the text and try again; "triesLeft" says how often.',
  },
  'code-expired': {
    status: 422,
    title: 'The code is no longer valid',
    detail: 'Start a new session to get a new code.',
  },
  'invalid-ballot': {
    status: 422,
    title: 'The ballot breaks the rules of a contest',
    detail: 'Mend the contests listed in "errors" and send it again. This ballot was not recorded.',
  },
  'invalid-election': {
    status: 422,
    title: 'The election cannot be held as it is written',
    detail: 'Mend the members listed in "errors" and send it again. Nothing was changed.',
  },
  'invalid-batch': {
    status: 422,
    title: 'The file is not of the right form',
    detail: 'Mend the lines listed in "lines" and send the whole file again. Nothing of it was recorded.',
  },
  'too-many-tries': {
    status: 429,
    title: 'Too many tries with a code',
    detail: 'This code takes no more tries. Verify by sending a text from the phone, or try again tomorrow.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    detail: 'Wait for the time in Retry-After, then send it again. This request recorded nothing.',
  },
  internal: {
    status: 500,
    title: 'Something broke on our side',
    detail:
      'Send the same request again in a minute. If it is a ballot, it is not known whether it was recorded; the same ' +
      'bytes count once only.',
  },
  'code-unavailable': {
    status: 503,
    title: 'No code can be sent by text at the moment',
    detail: 'Verify by sending a text from the phone instead (method "text-in"), or try again later.',
  },
  'verification-unavailable': {
    status: 503,
    title: 'Phones cannot be verified at the moment',
    detail: 'Wait for the time in Retry-After, then try again. Nothing was recorded.',
  },
  'outcome-unknown': {
    status: 503,
    title: 'It is not known whether the ballot was recorded',
    detail:
      'Send the same bytes again after the time in Retry-After: you get the receipt, and the ballot counts once only.',
  },
  busy: {
    status: 503,
    title: 'The service is busy',
    detail: 'Wait for the time in Retry-After, then send the same request again. This request recorded nothing.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>;
