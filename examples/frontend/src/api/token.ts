// Where the session's token is kept: in memory alone, so that no script and no later user of the computer finds it in a
// store. A reload signs out. Whoever has a cookie session instead changes this file and no other.
let token: string | null = null;

export const keep = (opened: string | null): void => void (token = opened);

export const authorization = (): Record<string, string> => (token === null ? {} : { Authorization: `Bearer ${token}` });
