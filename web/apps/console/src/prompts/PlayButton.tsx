import { PauseCircleOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useRef, useState, type ReactElement } from "react";

/** Plays a sound from its begin, and stops it. */
export function PlayButton({ src, label }: { src: string; label: string }): ReactElement {
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  return (
    <>
      <audio
        ref={audio}
        preload="none"
        src={src}
        onPlay={() => {
          setPlaying(true);
        }}
        onPause={() => {
          setPlaying(false);
        }}
      />
      <Button
        type="text"
        size="small"
        aria-label={label}
        aria-pressed={playing}
        icon={playing ? <PauseCircleOutlined /> : <PlayCircleOutlined />}
        onClick={(event) => {
          event.stopPropagation();
          const sound = audio.current;
          if (sound === null) return;
          if (playing) {
            sound.pause();
            return;
          }
          sound.currentTime = 0;
          void sound.play().catch(() => {
            setPlaying(false);
          });
        }}
      />
    </>
  );
}
