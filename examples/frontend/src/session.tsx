import { createContext, use, useEffect, useState, type ReactNode } from "react";
import { answered, client, onExpired, type Schemas } from "./api/client";
import { keep } from "./api/token";

type Opened = Schemas["SessionOpened"];
export type Account = Opened["account"];

interface Session {
  account: Account | null;
  ended: boolean;
  open: (opened: Opened) => void;
  close: () => Promise<void>;
}

const Context = createContext<Session | null>(null);

export function Signing({ children }: { children: ReactNode }) {
  const [account, setAccount] = useState<Account | null>(null);
  const [ended, setEnded] = useState(false);
  const forget = () => {
    keep(null);
    setAccount(null);
  };
  useEffect(
    () =>
      onExpired(() => {
        forget();
        setEnded(true);
      }),
    [],
  );
  const open = ({ token, account }: Opened) => {
    keep(token);
    setAccount(account);
    setEnded(false);
  };
  const close = async () => {
    await answered(client.DELETE("/api/v1/session")).catch(() => undefined); // it ends by itself, if it cannot be told
    forget();
    setEnded(false);
  };
  return <Context value={{ account, ended, open, close }}>{children}</Context>;
}

export function useSession(): Session {
  const session = use(Context);
  if (session === null) throw new Error("outside of Signing");
  return session;
}

/** Whoever is signed in; the screens that call this are not drawn otherwise. */
export function useAccount(): Account {
  const { account } = useSession();
  if (account === null) throw new Error("nobody is signed in");
  return account;
}
