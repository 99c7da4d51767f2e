//! Sizes that an Arrow file claims, held against the file before the table engine allocates by them.
//!
//! Format: <https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format>.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use polars::error::PolarsError;
use polars::prelude::PolarsResult;
use polars_arrow_format::ipc::planus::ReadAsRoot;
use polars_arrow_format::ipc::{
    BlockRef, CompressionType, FooterRef, MessageHeaderRef, MessageRef, RecordBatchRef,
};

use super::damaged;

/// The footer's length and the magic number, at the end of the file.
const END: u64 = 4 + 6;

const MAGIC: &[u8; 6] = b"ARROW1";

/// What a byte of Zstandard unpacks to at most: a block of 128 KiB of one value takes four.
const MAX_RATIO_ZSTD: u64 = (128 << 10) / 4;

/// What a byte of LZ4 adds to the length of a match at most.
const MAX_RATIO_LZ4: u64 = 255;

/// Fails if a part of the file at `path` claims more bytes than the file has, or more than those it has
/// could unpack to. What else is wrong with a file is left to the engine.
pub(super) fn check(path: &Path) -> PolarsResult<()> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let Some(end) = size.checked_sub(END) else { return Ok(()) };
    let tail = bytes_at(&mut file, end, END)?;
    let Some(length) = tail.strip_suffix(MAGIC) else { return Ok(()) };
    let length = i32::from_le_bytes(length.try_into().expect("4 bytes"));
    let footer = bytes_at(&mut file, within(end.checked_sub_signed(length.into()), end)?, length as u64)?;
    let footer = FooterRef::read_as_root(&footer).map_err(unreadable)?;
    let batches = footer.record_batches().map_err(unreadable)?;
    let dictionaries = footer.dictionaries().map_err(unreadable)?;
    for block in batches.into_iter().chain(dictionaries).flatten() {
        check_block(&mut file, size, block)?;
    }
    Ok(())
}

fn check_block(file: &mut File, size: u64, block: BlockRef<'_>) -> PolarsResult<()> {
    let start = within(u64::try_from(block.offset()).ok(), size)?;
    let header = u64::try_from(block.meta_data_length()).ok();
    let body = within(header.and_then(|length| start.checked_add(length)), size)?;
    let message = bytes_at(file, start, body - start)?;
    // A marker of four bytes, which older files lack, and the message's length.
    let prefix = if message.starts_with(&[0xFF; 4]) { 8 } else { 4 };
    let message = message.get(prefix..).ok_or_else(|| damaged("a message without a length"))?;
    let message = MessageRef::read_as_root(message).map_err(unreadable)?;
    match message.header().map_err(unreadable)? {
        Some(MessageHeaderRef::RecordBatch(batch)) => check_batch(file, size, body, batch),
        Some(MessageHeaderRef::DictionaryBatch(dictionary)) => match dictionary.data().map_err(unreadable)? {
            Some(batch) => check_batch(file, size, body, batch),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// `body`: where the batch's buffers start.
fn check_batch(file: &mut File, size: u64, body: u64, batch: RecordBatchRef<'_>) -> PolarsResult<()> {
    let ratio = match batch.compression().map_err(unreadable)? {
        None => None,
        Some(compression) => Some(match compression.codec().map_err(unreadable)? {
            CompressionType::Lz4Frame => MAX_RATIO_LZ4,
            CompressionType::Zstd => MAX_RATIO_ZSTD,
        }),
    };
    let mut unpacked_bytes: u64 = 0;
    for buffer in batch.buffers().map_err(unreadable)?.into_iter().flatten() {
        let start = u64::try_from(buffer.offset()).ok().and_then(|offset| body.checked_add(offset));
        let start = within(start, size)?;
        let length = u64::try_from(buffer.length()).map_err(|_| damaged("a buffer of negative length"))?;
        within(start.checked_add(length), size)?;
        let unpacked = match ratio {
            Some(ratio) if length > 0 => unpacked(file, start, length, ratio)?,
            _ => length,
        };
        unpacked_bytes = unpacked_bytes.saturating_add(unpacked);
    }
    // Columns of nothing but nulls have no buffers.
    if unpacked_bytes == 0 {
        return Ok(());
    }
    let rows = batch.length().map_err(unreadable)?;
    let nodes = batch.nodes().map_err(unreadable)?.into_iter().flatten().map(|node| node.length());
    // The narrowest column has a bit a row.
    let most = i64::try_from(unpacked_bytes.saturating_mul(8)).unwrap_or(i64::MAX);
    match nodes.chain([rows]).any(|rows| rows > most) {
        true => Err(damaged("more rows than its columns have bits")),
        false => Ok(()),
    }
}

/// The length that a packed buffer says it unpacks to.
fn unpacked(file: &mut File, start: u64, length: u64, ratio: u64) -> PolarsResult<u64> {
    const NOT_PACKED: i64 = -1;
    let field = bytes_at(file, start, 8)?.try_into().expect("8 bytes");
    match i64::from_le_bytes(field) {
        NOT_PACKED => Ok(length),
        claimed => match u64::try_from(claimed) {
            Ok(claimed) if claimed <= length.saturating_mul(ratio) => Ok(claimed),
            _ => Err(damaged("a buffer claims to unpack to more than its bytes could")),
        },
    }
}

fn bytes_at(file: &mut File, start: u64, length: u64) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(length).read_to_end(&mut bytes)?;
    match bytes.len() as u64 == length {
        true => Ok(bytes),
        false => Err(damaged("the file ends inside a part")),
    }
}

fn within(at: Option<u64>, size: u64) -> PolarsResult<u64> {
    at.filter(|&at| at <= size).ok_or_else(|| damaged("a part lies outside of the file"))
}

fn unreadable(error: polars_arrow_format::ipc::planus::Error) -> PolarsError {
    damaged(&error.to_string())
}
