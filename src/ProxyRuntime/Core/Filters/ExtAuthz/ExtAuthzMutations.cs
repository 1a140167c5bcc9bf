using System.Buffers;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Carries out what the service wants changed in a request that it lets pass, and in the response to it.</summary>
internal static class ExtAuthzMutations
{
    private static readonly SearchValues<byte> QueryBytes = SearchValues.Create("*-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Changes the request. Returns false if the answer is bad; what was changed until then stays changed.</summary>
    public static bool TryApply(ExtAuthzResponse response, HeaderMap head, ExtAuthzSettings settings, ByteBuffer scratch) =>
        TrySet(response, ExtAuthzEdit.Set, head, settings)
        && TrySet(response, ExtAuthzEdit.Add, head, settings)
        && TrySet(response, ExtAuthzEdit.Append, head, settings)
        && TryRemove(response, head, settings)
        && (!settings.ValidateMutations || AreResponseHeadersValid(response))
        && TryChangeQuery(response, head, settings, scratch);

    /// <summary>Changes the headers of the response.</summary>
    public static void ApplyToResponse(ExtAuthzResponse response, HeaderMap head)
    {
        for (var kind = ExtAuthzEdit.ResponseAdd; kind <= ExtAuthzEdit.ResponseOverwriteIfExists; kind++)
        {
            for (var i = 0; i < response.Count; i++)
            {
                var edit = response[i];
                if (edit.Kind != kind)
                {
                    continue;
                }

                var exists = head.IndexOf(edit.Name) >= 0;
                if (kind == ExtAuthzEdit.ResponseAdd || (kind == ExtAuthzEdit.ResponseAddIfAbsent && !exists))
                {
                    head.Add(edit.Name, edit.Value);
                }
                else if (kind == ExtAuthzEdit.ResponseSet || (kind == ExtAuthzEdit.ResponseOverwriteIfExists && exists))
                {
                    head.Set(edit.Name, edit.Value);
                }
            }
        }
    }

    /// <summary>Puts the headers of a denial in place of those that a local reply has; of one name there may be several.</summary>
    public static void ApplyToDenial(ExtAuthzResponse response, HeaderMap head)
    {
        for (var i = 0; i < response.Count; i++)
        {
            if (response[i].Kind == ExtAuthzEdit.Set)
            {
                _ = head.Remove(response[i].Name);
            }
        }

        for (var i = 0; i < response.Count; i++)
        {
            if (response[i].Kind == ExtAuthzEdit.Set)
            {
                head.Add(response[i].Name, response[i].Value);
            }
        }
    }

    /// <summary>Whether the headers of a denial are such as can be sent.</summary>
    public static bool IsDenialValid(ExtAuthzResponse response)
    {
        for (var i = 0; i < response.Count; i++)
        {
            if (response[i].Kind == ExtAuthzEdit.Set && !IsValid(response[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySet(ExtAuthzResponse response, ExtAuthzEdit kind, HeaderMap head, ExtAuthzSettings settings)
    {
        var operation = kind == ExtAuthzEdit.Append ? HeaderOperation.Append : HeaderOperation.Set;
        for (var i = 0; i < response.Count; i++)
        {
            var edit = response[i];
            if (edit.Kind != kind)
            {
                continue;
            }

            if (settings.ValidateMutations && !IsValid(edit))
            {
                return false;
            }

            switch (settings.MutationRules?.Check(operation, edit.Name, edit.Value))
            {
                case HeaderVerdict.Fail:
                    return false;
                case HeaderVerdict.Ignore:
                    continue;
                default:
                    Set(kind, head, edit);
                    break;
            }
        }

        return true;
    }

    private static void Set(ExtAuthzEdit kind, HeaderMap head, ExtAuthzEditLine edit)
    {
        // In requests, host is another word for :authority.
        var name = edit.Name.SequenceEqual("host"u8) ? ":authority"u8 : edit.Name;
        switch (kind)
        {
            case ExtAuthzEdit.Set:
                head.Set(name, edit.Value);
                break;
            case ExtAuthzEdit.Add:
                head.Add(name, edit.Value);
                break;
            default:
                // As in Envoy, nothing is appended to what is not there.
                if (head.IndexOf(name) >= 0)
                {
                    head.AppendTo(name, edit.Value);
                }

                break;
        }
    }

    private static bool TryRemove(ExtAuthzResponse response, HeaderMap head, ExtAuthzSettings settings)
    {
        for (var i = 0; i < response.Count; i++)
        {
            var edit = response[i];
            if (edit.Kind != ExtAuthzEdit.Remove || (settings.ValidateMutations && !HeaderSyntax.IsName(edit.Name)))
            {
                continue;
            }

            if (settings.MutationRules is { } rules)
            {
                var verdict = rules.Check(HeaderOperation.Remove, edit.Name, default);
                if (verdict == HeaderVerdict.Fail)
                {
                    return false;
                }

                if (verdict == HeaderVerdict.Ignore)
                {
                    continue;
                }
            }

            // Without method, path or host it would be no request.
            if (edit.Name is not [(byte)':', ..] && !edit.Name.SequenceEqual("host"u8))
            {
                _ = head.Remove(edit.Name);
            }
        }

        return true;
    }

    private static bool AreResponseHeadersValid(ExtAuthzResponse response)
    {
        for (var i = 0; i < response.Count; i++)
        {
            var edit = response[i];
            if (edit.Kind is >= ExtAuthzEdit.ResponseAdd and <= ExtAuthzEdit.ResponseOverwriteIfExists && !IsValid(edit))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryChangeQuery(ExtAuthzResponse response, HeaderMap head, ExtAuthzSettings settings, ByteBuffer scratch)
    {
        if ((!response.Has(ExtAuthzEdit.QuerySet) && !response.Has(ExtAuthzEdit.QueryRemove)) || !head.TryGet(HeaderName.Path, out var target))
        {
            return true;
        }

        var query = QueryParameters.Parse(target, decode: false);
        for (var kind = ExtAuthzEdit.QuerySet; kind <= ExtAuthzEdit.QueryRemove; kind++)
        {
            for (var i = 0; i < response.Count; i++)
            {
                var edit = response[i];
                if (edit.Kind != kind)
                {
                    continue;
                }

                var name = Encoding.Latin1.GetString(edit.Name);
                if (kind == ExtAuthzEdit.QueryRemove)
                {
                    query.Remove(name);
                }
                else if (settings.ValidateMutations && (edit.Name.ContainsAnyExcept(QueryBytes) || edit.Value.ContainsAnyExcept(QueryBytes)))
                {
                    return false;
                }
                else
                {
                    query.Set(name, Encoding.Latin1.GetString(edit.Value));
                }
            }
        }

        scratch.Clear();
        query.WriteTarget(target, scratch);
        head.Set(HeaderName.Path, scratch.Span);
        return true;
    }

    private static bool IsValid(ExtAuthzEditLine edit) => HeaderSyntax.IsName(edit.Name) && HeaderSyntax.IsValue(edit.Value);
}
