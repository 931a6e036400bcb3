//! A file of Parquet that is written row group by row group.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::TypePtr;
use serde_json::Value;

use super::shred::{Leaf, Values, leaves_of, shred};

/// How many rows a row group has at most.
const ROWS: usize = 10_000;
/// At how many bytes of values it ends before that.
const BYTES: usize = 32 << 20;
/// Amazon Security Lake asks for pages of at most one megabyte.
const PAGE: usize = 512 << 10;

/// A file under way. Memory holds one row group.
pub(super) struct Table<'o> {
    file: SerializedFileWriter<Written>,
    written: Written,
    schema: TypePtr,
    leaves: Vec<Leaf>,
    rows: usize,
    bytes: usize,
    out: &'o mut dyn Write,
}

impl<'o> Table<'o> {
    /// A file with this schema, in Parquet's own words.
    pub(super) fn new(schema: &str, out: &'o mut dyn Write) -> io::Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("palisade ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_data_page_size_limit(PAGE)
            .set_dictionary_page_size_limit(PAGE)
            .build();
        let schema = Arc::new(parse_message_type(schema).map_err(failed)?);
        let written = Written::default();
        let file =
            SerializedFileWriter::new(written.clone(), Arc::clone(&schema), Arc::new(properties)).map_err(failed)?;
        let leaves =
            leaves_of(&file.schema_descr().columns().iter().map(|leaf| leaf.physical_type()).collect::<Vec<_>>());
        Ok(Self { file, written, schema, leaves, rows: 0, bytes: 0, out })
    }

    /// Adds a row. What the schema does not know is left out, what the row does not have is null.
    pub(super) fn add(&mut self, row: &Value) -> io::Result<()> {
        self.bytes += shred(&self.schema, row, &mut self.leaves)?;
        self.rows += 1;
        if self.rows == ROWS || self.bytes >= BYTES { self.end_group() } else { Ok(()) }
    }

    /// Ends the file. One without rows has the schema all the same.
    pub(super) fn end(mut self) -> io::Result<()> {
        if self.rows > 0 {
            self.end_group()?;
        }
        self.file.finish().map_err(failed)?;
        self.written.pass_on(self.out)?;
        self.out.flush()
    }

    fn end_group(&mut self) -> io::Result<()> {
        let mut group = self.file.next_row_group().map_err(failed)?;
        for leaf in &mut self.leaves {
            let column = group.next_column().map_err(failed)?;
            let column = column.ok_or_else(|| io::Error::other("the file has fewer columns than its schema"))?;
            write(leaf, column).map_err(failed)?;
            leaf.clear();
        }
        group.close().map_err(failed)?;
        self.file.flush()?;
        (self.rows, self.bytes) = (0, 0);
        self.written.pass_on(self.out)
    }
}

fn write(leaf: &Leaf, mut column: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
    let (definition, repetition) = (Some(&*leaf.definition), Some(&*leaf.repetition));
    match &leaf.values {
        Values::Text(values) => column.typed::<ByteArrayType>().write_batch(values, definition, repetition)?,
        Values::Flag(values) => column.typed::<BoolType>().write_batch(values, definition, repetition)?,
        Values::Int(values) => column.typed::<Int32Type>().write_batch(values, definition, repetition)?,
        Values::Long(values) => column.typed::<Int64Type>().write_batch(values, definition, repetition)?,
    };
    column.close()
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

/// What was written and not yet passed on: the library wants to own a writer that other threads may have.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn pass_on(&self, out: &mut dyn Write) -> io::Result<()> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        out.write_all(&bytes)
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
