import InboxOutlined from "@ant-design/icons/InboxOutlined";
import { useEffect, useRef, useState } from "react";

import "./filedrop.css";

interface Props {
  title: string;
  hint: string;
  /** What it says while files hover over the page. */
  over: string;
  onFiles: (files: File[]) => void;
  testId: string;
}

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** A label around a file input: click, keyboard and drop. Files may be dropped anywhere on the page. */
export function FileDrop({ title, hint, over, onFiles, testId }: Props) {
  const [hovering, setHovering] = useState(false);
  const take = useRef(onFiles);
  useEffect(() => {
    take.current = onFiles;
  });

  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setHovering(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setHovering(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setHovering(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length) take.current(files);
    };
    document.addEventListener("dragover", onOver);
    document.addEventListener("dragleave", onLeave);
    document.addEventListener("drop", onDrop);
    return () => {
      document.removeEventListener("dragover", onOver);
      document.removeEventListener("dragleave", onLeave);
      document.removeEventListener("drop", onDrop);
    };
  }, []);

  return (
    <label className={hovering ? "drop drop-over" : "drop"}>
      <InboxOutlined aria-hidden className="drop-icon" />
      <span className="drop-title">{hovering ? over : title}</span>
      <span className="meta">{hint}</span>
      <input
        type="file"
        multiple
        className="sr-only"
        data-testid={testId}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          if (files.length) onFiles(files);
        }}
      />
    </label>
  );
}
