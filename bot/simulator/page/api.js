// The control API: everything the page knows and does goes through here.

async function call(path, content) {
  const options = content === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  };
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export const readState = () => call("/demo/state");

// `place` is where somebody writes: { writer, chat, thread }, without the last two in private.
const path = ({ writer }, what) => `/demo/people/${writer}/${what}`;
const within = ({ chat, thread }) => ({ chat, thread });

export const readMessages = async (chat) =>
  (await call(`/demo/people/${chat}/messages`)).messages;

export const readCommands = async (place) =>
  (await call(`${path(place, "commands")}?chat=${place.chat ?? ""}`)).commands;

export const say = (place, text) => call(path(place, "messages"), { ...within(place), text });

export const edit = (place, messageId, text) =>
  call(path(place, "edits"), { ...within(place), message_id: messageId, text });

/** `file` has name, content (base64) and photo, true for a picture. */
export const sendFile = (place, file, caption) =>
  call(path(place, "files"), { ...within(place), ...file, caption });

export const press = (place, messageId, row, column) =>
  call(path(place, "presses"), { ...within(place), message_id: messageId, row, column });

export const speak = (person, language) =>
  call(`/demo/people/${person}/language`, { language_code: language });

export const askInline = (place, text) => call(path(place, "inline"), { text });

export const choose = (place, query, result) =>
  call(path(place, "choices"), { ...within(place), query_id: query, result_id: result });

export const moveClock = (days) => call("/demo/clock", { days });

export const moveToPayoutDay = () => call("/demo/clock", { to: "next_payout_day" });

/** Calls `changed` for every event; `lost` while the connection is down. */
export function follow(changed, lost) {
  const stream = new EventSource("/demo/events");
  stream.onmessage = (event) => changed(JSON.parse(event.data));
  stream.onerror = lost;
}
