"""A program that speaks one text with eSpeak NG and ends: JSON on stdin, a line of JSON and raw samples on stdout.

It is run as a file by `offline_voice`, in a process of its own for each line: within one process the engine
gives other samples and another length on each call; a fresh one with a fixed seed gives equal ones. So it uses nothing
but the standard library (a line costs some 60 ms, mostly Python's start) and knows no order, library or path of ours.

stdin: {library, data, variant, rate, pitch, range, text}. stdout: {rate, marks: [[character, second], …], phonemes:
[[IPA, second], …]} with characters counted from 0, then signed 16-bit little-endian mono samples; or
{unknown_voice: true} or {refused: why} and nothing else.
"""

import ctypes
import json
import sys
from pathlib import Path
from typing import Any, TypedDict

_SEED = 1  # the engine seeds the noise of breathy voices with the time of day
# speak_lib.h of eSpeak NG 1.52
_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples come by callback, before the call returns
_PHONEMES = 0x1 | 0x2  # espeakINITIALIZE_PHONEME_EVENTS, espeakINITIALIZE_PHONEME_IPA
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT: without it a missing data folder ends Python
_UTF8 = 1  # espeakCHARS_UTF8; without espeakSSML and espeakPHONEMES, <b> and [[x]] are text like any other
_WORD, _PHONEME = 1, 7  # espeakEVENT_TYPE
_BY_CHARACTER = 1  # POS_CHARACTER
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER


class Request(TypedDict):
    """What the child is asked to speak. `data` must be short: the engine refuses 160 characters and more."""

    library: str
    data: str
    variant: str
    rate: int
    pitch: int
    range: int
    text: str


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # in characters, from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),  # of a phoneme event: its name, in UTF-8
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def speak(request: Request) -> tuple[dict[str, Any], bytes]:
    """Speak a text: the header of the answer, and the samples. The engine's state lasts as long as the process."""
    engine = ctypes.CDLL(request["library"])
    rate = engine.espeak_Initialize(_SYNCHRONOUS, 0, request["data"].encode(), _PHONEMES | _DONT_EXIT)
    if rate <= 0:
        return {"refused": f"its data cannot be loaded from {request['data']}"}, b""
    engine.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
    _, plus, colour = request["variant"].partition("+")
    # An unknown colour is no error to the engine: it would speak with the plain voice.
    known = not plus or colour in {file.name for file in Path(request["data"], "voices", "!v").iterdir()}
    if not known or engine.espeak_SetVoiceByName(request["variant"].encode()):
        return {"unknown_voice": True}, b""
    for parameter, value in ((_RATE, request["rate"]), (_PITCH, request["pitch"]), (_RANGE, request["range"])):
        engine.espeak_SetParameter(parameter, value, 0)

    sound = bytearray()
    marks: list[tuple[int, float]] = []
    phonemes: list[tuple[str, float]] = []

    def collect(samples: Any, count: int, events: Any) -> int:
        if samples and count:
            sound.extend(ctypes.string_at(samples, 2 * count))
        index = 0
        while events[index].type:
            if events[index].type == _WORD:
                marks.append((events[index].text_position - 1, events[index].sample / rate))
            elif events[index].type == _PHONEME:
                phonemes.append((events[index].id.decode(errors="ignore"), events[index].sample / rate))
            index += 1
        return 0

    callback = _Callback(collect)
    engine.espeak_SetSynthCallback(callback)
    text = request["text"].encode()
    if engine.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, _BY_CHARACTER, 0, _UTF8, None, None):
        return {"refused": "it does not take the text"}, b""
    engine.espeak_Synchronize()
    return {"rate": rate, "marks": marks, "phonemes": phonemes}, bytes(sound)


if __name__ == "__main__":
    header, samples = speak(json.loads(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + samples)
