import { useId, useRef, useState, type ChangeEvent, type DragEvent } from "react";
import { answered, client, type Refused, type Schemas } from "../api/client";
import { send, usePreview } from "../api/files";
import { asRefused, useAct } from "../loading";
import { useSpeech } from "../language";
import { Findings, Refusal } from "../parts/notes";
import { useFindings, type Form } from "./Form";
import { useEditing } from "./useDraft";

type Picture = Schemas["ImageOut"];
type Changed = Schemas["ChangedImage"];
interface Upload {
  id: number;
  name: string;
  part: number;
  error: Refused | null;
}

let uploads = 0;

export function Pictures({ cell, captionMaximum }: { cell: Form["cells"][number]; captionMaximum: number }) {
  const { state, editable } = useEditing();
  const findings = useFindings(cell.name);
  const { images } = state.stored;
  return (
    <fieldset className="pictures">
      <legend>
        {cell.label} <small>{images.length} / {cell.minimum}–{cell.maximum}</small>
      </legend>
      <ol>
        {images.map((picture, place) => <Card key={picture.id} picture={picture} place={place} captionMaximum={captionMaximum} />)}
      </ol>
      {editable && <Uploads room={(cell.maximum ?? Infinity) - images.length} />}
      {editable && <Findings of={findings} />}
    </fieldset>
  );
}

function Uploads({ room }: { room: number }) {
  const { t } = useSpeech();
  const { draft } = useEditing();
  const [running, show] = useState<Upload[]>([]);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  const one = async (file: File) => {
    const upload = { id: ++uploads, name: file.name, part: 0, error: null };
    const change = (to: Partial<Upload>) => show((all) => all.map((each) => (each.id === upload.id ? { ...each, ...to } : each)));
    show((all) => [...all, upload]);
    const form = new FormData();
    form.set("file", file);
    try {
      const href = `/api/v1/applications/${draft.path.application_id}/images`;
      await draft.picture(async () => (await send<Changed>(href, form, {}, (part) => change({ part }))).application);
      show((all) => all.filter((each) => each.id !== upload.id));
    } catch (reason) {
      change({ error: asRefused(reason) });
    }
  };
  /** One after the other: each can fail alone, and the order is the one in which they were chosen. */
  const all = async (files: Iterable<File>) => {
    for (const file of files) await one(file);
  };
  const chosen = (event: ChangeEvent<HTMLInputElement>) => {
    void all([...(event.target.files ?? [])]);
    event.target.value = "";
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void all([...event.dataTransfer.files]);
  };

  return (
    <>
      {room > 0 && (
        <div
          className={over ? "drop over" : "drop"} onDrop={dropped} onDragLeave={() => setOver(false)}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
        >
          <button type="button" onClick={() => input.current?.click()} aria-describedby={id}>{t("addPictures")}</button>
          <small id={id}>{t("dropPictures")}</small>
          <input ref={input} type="file" accept="image/jpeg,image/png,image/webp,image/heic" multiple hidden onChange={chosen} aria-label={t("addPictures")} />
        </div>
      )}
      {running.map((upload) => (
        <div key={upload.id} className="upload">
          <span>{upload.name}</span>
          {upload.error === null ? (
            <>
              <progress value={upload.part} max={1} aria-label={`${t("uploading")} ${upload.name}`} />
              <small role="status">{upload.part < 1 ? `${Math.round(upload.part * 100)}%` : t("working")}</small>
            </>
          ) : (
            <Refusal of={upload.error}>
              <button type="button" onClick={() => show((all) => all.filter((each) => each.id !== upload.id))}>{t("remove")}</button>
            </Refusal>
          )}
        </div>
      ))}
    </>
  );
}

function Card({ picture, place, captionMaximum }: { picture: Picture; place: number; captionMaximum: number }) {
  const { t } = useSpeech();
  const { draft, state, editable } = useEditing();
  const preview = usePreview(picture.thumbnail_href);
  const { busy, error, run } = useAct();
  const { images } = state.stored;
  const path = { ...draft.path, image_id: picture.id };
  const header = { "If-Match": picture.etag };
  const name = `${t("picture")} ${place + 1}`;
  const findings = useFindings(`images/${place}`);

  const caption = (text: string) => {
    if (text === picture.caption) return;
    run(() =>
      draft.picture(async () => {
        const params = { path, header };
        const body = { caption: text };
        return (await answered(client.PATCH("/api/v1/applications/{application_id}/images/{image_id}", { params, body }))).application;
      }),
    );
  };
  const move = (to: number) =>
    run(() =>
      draft.act((stored) => {
        const ids = images.map((each) => each.id).filter((id) => id !== picture.id);
        ids.splice(to, 0, picture.id);
        return answered(
          client.PUT("/api/v1/applications/{application_id}/image-order", {
            params: { path: draft.path, header: { "If-Match": stored.etag } },
            body: { image_ids: ids },
          }),
        );
      }),
    );
  const remove = () =>
    run(() =>
      draft.picture(() => answered(client.DELETE("/api/v1/applications/{application_id}/images/{image_id}", { params: { path, header } }))),
    );

  return (
    <li className="picture">
      {preview === null ? <div className="frame" /> : <img className="frame" src={preview} alt={picture.caption || name} />}
      {editable ? (
        <>
          <input
            key={picture.caption} aria-label={`${name}：${t("caption")}`} placeholder={t("caption")} defaultValue={picture.caption}
            maxLength={captionMaximum} onBlur={(event) => caption(event.target.value)} disabled={busy}
          />
          <div className="tools">
            <button type="button" aria-label={`${name}：${t("earlier")}`} title={t("earlier")} disabled={busy || place === 0} onClick={() => move(place - 1)}>←</button>
            <button type="button" aria-label={`${name}：${t("later")}`} title={t("later")} disabled={busy || place === images.length - 1} onClick={() => move(place + 1)}>→</button>
            <button type="button" aria-label={`${name}：${t("remove")}`} title={t("remove")} disabled={busy} onClick={remove}>✕</button>
          </div>
          <Findings of={findings} />
        </>
      ) : (
        <p>{place + 1}. {picture.caption}</p>
      )}
      <Refusal of={error} />
    </li>
  );
}
